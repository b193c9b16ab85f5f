import { useMemo, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { OUTCOMES, type Outcome } from '../api/summary.js';
import { Moment } from '../parts/moment.js';
import { compact, number } from '../text/figure.text.js';
import { exactTimeText, tickText } from '../text/time.text.js';
import { OUTCOME_WORDS } from '../text/word.text.js';
import { axis, timeAxis } from './axes.js';
import { Chart, type Drawing } from './chart.js';
import { fillOf } from './hatch.js';
import type { Period } from './periods.js';
import { Picture } from './picture.js';
import { drawStack } from './stack.bars.js';
import { DIFFERING, FROM_TOP, stackOf } from './stack.js';
import { Swatch } from './swatch.js';
import type { Theme } from './theme.js';

/** Outcomes of the runs over time, as stacked bars. */
export function OutcomesPicture({ periods, step }: { readonly periods: readonly Period[]; readonly step: number }) {
  const [point, setPoint] = useState<number | null>(null);
  const [isDiffering, setDiffering] = useState(false);
  const shown: readonly Outcome[] = isDiffering ? DIFFERING : OUTCOMES;
  const data = useMemo(
    () => [periods.map(({ at }) => at), ...stackOf(periods, shown)] satisfies uPlot.AlignedData,
    [periods, isDiffering],
  );
  const total = (outcome: Outcome) => periods.reduce((sum, { counts }) => sum + (counts[outcome] ?? 0), 0);
  const period = point === null ? undefined : periods[point];
  return (
    <Picture
      title="Outcomes over time"
      hint="Number of runs by outcome."
      readout={
        period
          ? `${tickText(new Date(period.at), Math.min(step, 3_600_000))}: ${countsText(period)}`
          : 'Point at a bar to read it.'
      }
      columns={['From', ...OUTCOMES.map((outcome) => OUTCOME_WORDS[outcome])]}
      rows={() =>
        counted(periods).map(({ at, counts }) => [
          <Moment key={at} time={new Date(at).toISOString()} isExact />,
          ...OUTCOMES.map((outcome) => number(counts[outcome] ?? 0)),
        ])
      }
    >
      <ul class="legend">
        {shown.map((outcome) => (
          <li key={outcome}>
            <Swatch outcome={outcome} />
            {OUTCOME_WORDS[outcome]} <span class="quiet">{compact(total(outcome))}</span>
          </li>
        ))}
        <li>
          <label class="choice">
            <input type="checkbox" checked={isDiffering} onChange={() => setDiffering(!isDiffering)} />
            Only differences
          </label>
        </li>
      </ul>
      <Chart
        label={`Outcomes over time since ${exactTimeText(new Date(periods[0]?.at ?? 0))}: ${OUTCOMES.map((outcome) => `${OUTCOME_WORDS[outcome]} ${number(total(outcome))}`).join(', ')}.`}
        height={220}
        data={data}
        drawing={(theme) => drawing(theme, step)}
        drawingKey={String(step)}
        onPoint={setPoint}
      />
    </Picture>
  );
}

/** Returns the periods with counts, the newest first. */
function counted(periods: readonly Period[]): Period[] {
  return periods.filter(({ counts }) => Object.values(counts).some((count) => count > 0)).reverse();
}

function countsText({ counts }: Period): string {
  const some = OUTCOMES.filter((outcome) => (counts[outcome] ?? 0) > 0);
  return some.length === 0
    ? 'no runs'
    : some.map((outcome) => `${OUTCOME_WORDS[outcome]} ${number(counts[outcome] ?? 0)}`).join(', ');
}

function drawing(theme: Theme, step: number): Drawing {
  const fills = FROM_TOP.map((outcome) => fillOf(outcome, theme[outcome], theme.surface));
  return {
    ms: 1,
    cursor: { y: false, points: { show: false }, drag: { setScale: false, x: false } },
    scales: {
      x: { range: (_, min, max) => [min, max + step] },
      y: { range: (_, __, max) => [0, Math.max(max * 1.05, 1)] },
    },
    axes: [
      timeAxis(theme),
      axis(theme, { size: 52, values: (_, splits) => splits.map((at) => (at % 1 === 0 ? compact(at) : '')) }),
    ],
    series: [{}, ...FROM_TOP.map(() => ({ paths: () => null, points: { show: false } }))],
    hooks: { draw: [(plot) => drawStack(plot, fills, step)] },
  };
}
