import { useMemo, useState } from 'preact/hooks';
import { listExperiments } from '../api/api.js';
import type { Experiment } from '../api/experiment.js';
import { serverNow } from '../api/server.clock.js';
import { REFRESH, useResource } from '../live/use.resource.js';
import { Empty, Loaded } from '../parts/loaded.js';
import { refine } from '../route/location.js';
import type { RouteQuery } from '../route/route.js';
import { ListTable } from './list.table.js';
import { filtered, listQueryOf } from './list.query.js';
import { ListTools } from './list.tools.js';
import { needsFigures, sorted } from './sorted.js';
import { useFigures } from './use.figures.js';
import { useScreen } from './use.on.screen.js';

/** Number of rows that are drawn at first. */
const ROWS = 100;

/** Number of experiments above which the list is refreshed less often. */
const MANY = 500;

/** List of all experiments. */
export function ListView({ query }: { readonly query: RouteQuery }) {
  const [count, setCount] = useState(0);
  const every = REFRESH * Math.max(1, Math.ceil(count / MANY));
  const list = useResource(
    'experiments',
    async (signal) => {
      const experiments = await listExperiments(signal);
      setCount(experiments.length);
      return experiments;
    },
    every,
  );
  return (
    <>
      <h1 data-arrival tabIndex={-1}>
        Experiments
      </h1>
      <Loaded resource={list} what="the experiments">
        {(experiments) =>
          experiments.length === 0 ? (
            <Empty>
              <p>No experiment has been seen yet.</p>
              <p>
                An experiment is listed as soon as an application starts with a method that has <code>@Experiment</code>, or calls{' '}
                <code>ExperimentService.run</code>.
              </p>
            </Empty>
          ) : (
            <Listed experiments={experiments} query={query} />
          )
        }
      </Loaded>
    </>
  );
}

function Listed({ experiments, query }: { readonly experiments: readonly Experiment[]; readonly query: RouteQuery }) {
  const [rows, setRows] = useState(ROWS);
  const [screen, onScreen] = useScreen();
  const asked = listQueryOf(query);
  const now = serverNow();
  const found = useMemo(() => filtered(experiments, listQueryOf(query), serverNow()), [experiments, query]);
  const figures = useFigures(needsFigures(asked.sort) ? found.map(({ name }) => name) : onScreen);
  const listed = sorted(found, figures, asked, now);
  return (
    <>
      <ListTools query={query} found={found.length} all={experiments.length} />
      {found.length === 0 ? (
        <Empty>
          <p>No experiment matches.</p>
          <button type="button" onClick={() => refine(NO_FILTERS)}>
            Clear search and filters
          </button>
        </Empty>
      ) : (
        <ListTable experiments={listed.slice(0, rows)} figures={figures} query={asked} screen={screen} />
      )}
      {found.length > rows && (
        <p class="more">
          <button type="button" onClick={() => setRows(rows + ROWS)}>
            Show {Math.min(ROWS, found.length - rows)} more of {found.length}
          </button>
        </p>
      )}
    </>
  );
}

const NO_FILTERS = { q: '', state: '', on: '', 'first-from': '', 'first-to': '', 'last-from': '', 'last-to': '' };
