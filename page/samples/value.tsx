import { useMemo, useState } from 'preact/hooks';
import { counted } from '../text/figure.text.js';
import type { Json } from './json.js';
import { LongText } from './long.text.js';
import { linesOf } from './side.by.side.js';

/** Number of lines that are drawn at first. */
const LINES = 40;

/** A formatted value. */
export function Value({ value }: { readonly value: Json }) {
  const lines = useMemo(() => linesOf(value), [value]);
  const [isWhole, setWhole] = useState(false);
  const rest = lines.length - LINES;
  return (
    <div class="value">
      {(isWhole ? lines : lines.slice(0, LINES)).map(({ depth, text }, index) => (
        <div key={index} class="line" style={{ '--depth': depth }}>
          <code>
            <LongText text={text} />
          </code>
        </div>
      ))}
      {!isWhole && rest > 0 && (
        <button type="button" class="small" onClick={() => setWhole(true)}>
          Show {counted(rest, 'more line')}
        </button>
      )}
    </div>
  );
}
