import type { Experiment } from '../api/experiment.js';
import type { Figures } from '../api/figures.js';
import { refine } from '../route/location.js';
import { COLUMNS, type Column } from './columns.js';
import type { ListQuery } from './list.query.js';
import { ListRow } from './list.row.js';
import type { Screen } from './use.on.screen.js';

/** The list as a table. Its roles are explicit, because narrow screens show it as cards. */
export function ListTable(props: {
  readonly experiments: readonly Experiment[];
  readonly figures: ReadonlyMap<string, Figures>;
  readonly query: ListQuery;
  readonly screen: Screen;
}) {
  const { experiments, figures, query, screen } = props;
  return (
    <table role="table" class="list" aria-label="Experiments">
      <thead role="rowgroup">
        <tr role="row">
          {COLUMNS.map((column) => (
            <Head key={column.key} column={column} query={query} />
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {experiments.map((experiment) => (
          <ListRow key={experiment.name} experiment={experiment} figures={figures.get(experiment.name)} screen={screen} />
        ))}
      </tbody>
    </table>
  );
}

function Head({ column, query }: { readonly column: Column; readonly query: ListQuery }) {
  const { key, label, isHighFirst, isNumber } = column;
  const isSorted = query.sort === key;
  const direction = query.isDescending ? 'descending' : 'ascending';
  const next = isSorted ? !query.isDescending : isHighFirst;
  const sort = `${next ? '-' : ''}${key}`;
  return (
    <th
      role="columnheader"
      scope="col"
      class={`column-${key}${isNumber ? ' is-number' : ''}`}
      {...(isSorted ? { 'aria-sort': direction } : {})}
    >
      <button type="button" class="head" onClick={() => refine({ sort: sort === 'name' ? '' : sort })}>
        {label}
        <svg class="arrow" viewBox="0 0 8 8" width="8" height="8" aria-hidden="true">
          {isSorted && <path d={query.isDescending ? 'M0 1.5h8L4 7Z' : 'M0 6.5h8L4 1Z'} />}
        </svg>
      </button>
    </th>
  );
}
