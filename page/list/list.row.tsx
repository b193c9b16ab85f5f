import { useMemo } from 'preact/hooks';
import type { Experiment } from '../api/experiment.js';
import type { Figures } from '../api/figures.js';
import { StateBadge, StateDetail } from '../experiment/state.badge.js';
import { ReadinessBadge } from '../experiment/readiness.badge.js';
import { Moment } from '../parts/moment.js';
import { Seen } from '../parts/seen.js';
import { hashOf } from '../route/route.js';
import { compact, matchIntervalText, matchText, NONE, number, speedupText } from '../text/figure.text.js';
import { seen } from '../text/visible.js';
import { SPEEDUP_WORDS } from '../text/word.text.js';
import { Sparkline } from './sparkline.js';
import { useOnScreen, type Screen } from './use.on.screen.js';
import { worstOf } from './worst.js';

/** An experiment in the list. It is drawn again only when its data changes. */
export function ListRow(props: {
  readonly experiment: Experiment;
  readonly figures: Figures | undefined;
  readonly screen: Screen;
}) {
  const { experiment, figures, screen } = props;
  const row = useOnScreen<HTMLTableRowElement>(screen, experiment.name);
  return useMemo(
    () => (
      <tr role="row" ref={row}>
        <Cells experiment={experiment} figures={figures} />
      </tr>
    ),
    [experiment, figures],
  );
}

function Cells({ experiment, figures }: { readonly experiment: Experiment; readonly figures: Figures | undefined }) {
  const { name, percentEnabled, lastRunAt } = experiment;
  const worst = figures && worstOf(figures);
  const rate = worst?.mismatchRate;
  return (
    <>
      <th role="rowheader" scope="row" class="list-name">
        <a href={hashOf({ view: 'experiment', name, section: 'overview', query: {} })}>
          <Seen text={name} />
        </a>
        {worst !== undefined && worst.candidates > 1 && <span class="quiet">worst of {worst.candidates} candidates</span>}
      </th>
      <td role="cell" class="list-state" data-label="State">
        <StateBadge experiment={experiment} />
        <span class="quiet detail" {...(experiment.haltReason === null ? {} : { title: seen(experiment.haltReason) })}>
          <StateDetail experiment={experiment} />
        </span>
      </td>
      <td role="cell" class="is-number" data-label="Calls">
        {percentEnabled} %
      </td>
      <td role="cell" class="is-number" data-label="Runs">
        {figures === undefined ? NONE : <span title={number(figures.runs)}>{compact(figures.runs)}</span>}
      </td>
      <td role="cell" class="is-number" data-label="Match rate">
        <span {...(rate ? { title: `95 % confidence: ${matchIntervalText(rate)}` } : {})}>{matchText(rate)}</span>
      </td>
      <td role="cell" class="is-number" data-label="Speed">
        <span {...(worst?.speed ? { title: SPEEDUP_WORDS[worst.speed.speedupOver] } : {})}>
          {speedupText(worst?.speed?.speedup)}
        </span>
      </td>
      <td role="cell" data-label="Readiness">
        {worst?.readiness ? <ReadinessBadge readiness={worst.readiness} /> : NONE}
      </td>
      <td role="cell" data-label="Last hour">
        {figures === undefined ? NONE : <Sparkline hour={figures.lastHour} />}
      </td>
      <td role="cell" data-label="Last run">
        {lastRunAt === null ? 'never' : <Moment time={lastRunAt} />}
      </td>
    </>
  );
}
