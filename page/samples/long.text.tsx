import { useState } from 'preact/hooks';
import { Seen } from '../parts/seen.js';
import { number } from '../text/figure.text.js';

/** Number of characters that are shown at first. */
const SHOWN = 600;

/** A text that may be long: its beginning, with a button that shows the rest. */
export function LongText({ text, hasLines = false }: { readonly text: string; readonly hasLines?: boolean }) {
  const [isWhole, setWhole] = useState(false);
  if (isWhole || text.length <= SHOWN * 1.5) return <Seen text={text} hasLines={hasLines} />;
  return (
    <>
      <Seen text={text.slice(0, SHOWN).toWellFormed()} hasLines={hasLines} />…{' '}
      <button type="button" class="small" onClick={() => setWhole(true)}>
        Show all {number(text.length)} characters
      </button>
    </>
  );
}
