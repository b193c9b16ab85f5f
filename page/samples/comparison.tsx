import { useMemo, useState } from 'preact/hooks';
import { counted, number } from '../text/figure.text.js';
import { Cell } from './comparison.cell.js';
import { differingParts } from './differing.part.js';
import { foldsOf, type Fold } from './folds.js';
import type { Json } from './json.js';
import { sideBySide, type Mark, type Row } from './side.by.side.js';

/** Number of rows that are drawn at first. */
const ROWS = 300;

/** Two values side by side. Differences are marked, and equal parts are folded. */
export function Comparison({ control, candidate }: { readonly control: Json; readonly candidate: Json }) {
  const rows = useMemo(() => sideBySide(control, candidate), [control, candidate]);
  const folds = useMemo(() => foldsOf(rows), [rows]);
  const [limit, setLimit] = useState(ROWS);
  let left = limit;
  const drawn = folds.filter((fold) => {
    const isIn = left > 0;
    left -= fold.isFolded ? 1 : fold.rows.length;
    return isIn;
  });
  const rest = folds.slice(drawn.length).reduce((sum, fold) => sum + fold.rows.length, 0);
  return (
    <>
      <table role="table" class="comparison">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              Control
            </th>
            <th role="columnheader" scope="col">
              Candidate
            </th>
          </tr>
        </thead>
        {drawn.map((fold, index) => (
          <Folded key={index} fold={fold} />
        ))}
      </table>
      {rest > 0 && (
        <button type="button" class="small" onClick={() => setLimit(limit + ROWS * 4)}>
          Show more: {counted(rest, 'line')} left
        </button>
      )}
    </>
  );
}

function Folded({ fold }: { readonly fold: Fold }) {
  const [isOpen, setOpen] = useState(!fold.isFolded);
  return (
    <tbody role="rowgroup">
      {isOpen ? (
        fold.rows.map((row, index) => <Lines key={index} row={row} />)
      ) : (
        <tr role="row">
          <td role="cell" colSpan={2} class="fold">
            <button type="button" class="link" onClick={() => setOpen(true)}>
              Show {number(fold.rows.length)} equal lines
            </button>
          </td>
        </tr>
      )}
    </tbody>
  );
}

const MARK_WORDS: Readonly<Record<Mark, string>> = {
  same: '',
  changed: 'differs',
  missing: 'only in the control',
  extra: 'only in the candidate',
  moved: 'at another place',
};

function Lines({ row }: { readonly row: Row }) {
  const { mark, control, candidate } = row;
  const parts = mark === 'changed' && control && candidate ? differingParts(control.text, candidate.text) : undefined;
  return (
    <tr role="row" class={`row-${mark}`}>
      <Cell
        line={control}
        parts={parts?.[0]}
        sign={mark === 'same' ? '' : mark === 'moved' ? '↕' : '−'}
        word={MARK_WORDS[mark]}
      />
      <Cell
        line={candidate}
        parts={parts?.[1]}
        sign={mark === 'same' ? '' : mark === 'moved' ? '↕' : '+'}
        word={MARK_WORDS[mark]}
      />
    </tr>
  );
}
