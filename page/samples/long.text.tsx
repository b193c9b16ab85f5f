import { useState } from 'preact/hooks';
import { Seen } from '../parts/seen.js';
import { number } from '../text/figure.text.js';

/** How many characters are shown until all are asked for. */
const SHOWN = 600;

/** A text that may be long: its beginning, and all of it for who wants to see it. */
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
