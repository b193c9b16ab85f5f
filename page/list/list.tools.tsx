import { useState } from 'preact/hooks';
import { STATE_WORDS, STATES } from '../experiment/state.js';
import { refine } from '../route/location.js';
import type { RouteQuery } from '../route/route.js';
import { COLUMNS } from './columns.js';

const DATES = [
  ['first-from', 'First run from'],
  ['first-to', 'First run until'],
  ['last-from', 'Last run from'],
  ['last-to', 'Last run until'],
] as const;

/** Search, filters and, on narrow screens, the order of the list. All of it is in the address. */
export function ListTools({ query, found, all }: { readonly query: RouteQuery; readonly found: number; readonly all: number }) {
  const hasMore = ['on', ...DATES.map(([key]) => key)].some((key) => query[key]);
  const [isOpen] = useState(hasMore);
  return (
    <div role="search" class="tools">
      <div class="tools-row">
        <label class="field grow">
          <span>Search by name</span>
          <input type="search" value={query['q'] ?? ''} onInput={(event) => refine({ q: event.currentTarget.value })} />
        </label>
        <Choice label="State" name="state" query={query} choices={STATES.map((state) => [state, STATE_WORDS[state]] as const)} />
        <div class="narrow-only">
          <Choice label="Sort by" name="sort" query={query} first="Name" choices={SORTS} />
        </div>
        <p class="found" role="status">
          {found === all ? `${all} in all` : `${found} of ${all}`}
        </p>
      </div>
      <details open={isOpen} class="more-filters">
        <summary>More filters{hasMore && ' (in use)'}</summary>
        <div class="tools-row">
          <Choice label="Percentage" name="on" query={query} choices={ON} />
          {DATES.map(([key, label]) => (
            <label key={key} class="field">
              <span>{label}</span>
              <input type="date" value={query[key] ?? ''} onInput={(event) => refine({ [key]: event.currentTarget.value })} />
            </label>
          ))}
        </div>
      </details>
    </div>
  );
}

const ON = [
  ['yes', 'Above 0 %'],
  ['no', '0 %'],
] as const;

const SORTS = COLUMNS.flatMap(({ key, label }): (readonly [string, string])[] =>
  key === 'name'
    ? [['-name', 'Name, from the end']]
    : [
        [`-${key}`, `${label}, highest first`],
        [key, `${label}, lowest first`],
      ],
);

function Choice(props: {
  readonly label: string;
  readonly name: string;
  readonly query: RouteQuery;
  readonly first?: string;
  readonly choices: readonly (readonly [value: string, label: string])[];
}) {
  const { label, name, query, first = 'Any', choices } = props;
  return (
    <label class="field">
      <span>{label}</span>
      <select value={query[name] ?? ''} onChange={(event) => refine({ [name]: event.currentTarget.value })}>
        <option value="">{first}</option>
        {choices.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
