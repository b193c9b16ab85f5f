import { Seen } from '../parts/seen.js';
import type { Parts } from './differing.part.js';
import { LongText } from './long.text.js';
import type { Line } from './side.by.side.js';

/** Largest indentation of a line, in steps. */
const DEEPEST = 8;

/** Length of a text above which its parts are not marked. */
const MARKED = 900;

/** A line of one side. */
export function Cell(props: {
  readonly line: Line | undefined;
  readonly parts: Parts | undefined;
  readonly sign: string;
  readonly word: string;
}) {
  const { line, parts, sign, word } = props;
  if (line === undefined) return <td role="cell" class="nothing" />;
  return (
    <td role="cell">
      <div class="line" style={{ '--depth': Math.min(line.depth, DEEPEST) }}>
        <span class="sign" aria-hidden="true">
          {sign}
        </span>
        {word !== '' && <span class="unseen">{word}: </span>}
        <code>{parts && line.text.length <= MARKED ? <Marked parts={parts} /> : <LongText text={line.text} />}</code>
      </div>
    </td>
  );
}

function Marked({ parts: [before, differing, after] }: { readonly parts: Parts }) {
  return (
    <>
      <Seen text={before} />
      {differing !== '' && (
        <mark>
          <Seen text={differing} />
        </mark>
      )}
      <Seen text={after} />
    </>
  );
}
