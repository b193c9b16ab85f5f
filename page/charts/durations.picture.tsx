import { useMemo, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { Distribution } from '../api/durations.js';
import { duration, durationText, NONE, number, share, speedupText } from '../text/figure.text.js';
import { axis, bottomAxis } from './axes.js';
import { Chart, type Drawing } from './chart.js';
import { densityOf, zerosOf } from './density.js';
import { drawMarks } from './percentile.marks.js';
import { Picture } from './picture.js';
import type { Theme } from './theme.js';

/** Durations of control and candidate, as two distributions on one log axis. */
export function DurationsPicture(props: { readonly control: Distribution | null; readonly candidate: Distribution | null }) {
  const { control, candidate } = props;
  const [point, setPoint] = useState<number | null>(null);
  const density = useMemo(() => densityOf(control, candidate), [control, candidate]);
  const data = useMemo(
    () => [[...density.edges], [...density.control], [...density.candidate]] satisfies uPlot.AlignedData,
    [density],
  );
  const zeros = zerosOf(control) + zerosOf(candidate);
  const marks = { control, candidate };
  return (
    <Picture
      title="Durations"
      hint={
        <>
          Distributions of both durations on a log axis: the higher, the more runs took that long.
          {zeros > 0 && ` ${number(zeros)} were too short to be measured.`}
        </>
      }
      readout={readoutOf(density.edges, point, control, candidate)}
      columns={['Duration', 'Control', 'Candidate', 'Speed']}
      rows={() => [...percentileRows(control, candidate), ...binRows(density.edges, control, candidate)]}
    >
      <ul class="legend">
        <LegendItem kind="control" label="Control" distribution={control} />
        <LegendItem kind="candidate" label="Candidate" distribution={candidate} />
      </ul>
      {density.edges.length === 0 ? (
        <p class="empty">No durations have been measured yet.</p>
      ) : (
        <Chart
          label={`Durations. Control: ${percentilesText(control)}. Candidate: ${percentilesText(candidate)}.`}
          height={240}
          data={data}
          drawing={(theme) => drawing(theme, (plot) => drawMarks(plot, theme, marks))}
          drawingKey={[control, candidate].map(percentilesText).join()}
          onPoint={setPoint}
        />
      )}
    </Picture>
  );
}

function LegendItem(props: { readonly kind: string; readonly label: string; readonly distribution: Distribution | null }) {
  const { kind, label, distribution } = props;
  return (
    <li>
      <span class={`stroke stroke-${kind}`} />
      {label} <span class="quiet">{percentilesText(distribution)}</span>
    </li>
  );
}

function percentilesText(distribution: Distribution | null): string {
  if (distribution === null) return 'nothing measured';
  return PERCENTILES.map((key) => `${key} ${duration(distribution[key])}`).join(', ');
}

const PERCENTILES = ['p50', 'p95', 'p99'] as const;

function percentileRows(control: Distribution | null, candidate: Distribution | null) {
  return PERCENTILES.map((key) => {
    const [here, there] = [control?.[key], candidate?.[key]];
    return [
      `${key.replace('p', '')} % at most`,
      durationText(here),
      durationText(there),
      here && there ? speedupText(factor(here, there)) : NONE,
    ];
  });
}

function factor(control: number, candidate: number): number {
  return control >= candidate ? control / candidate : -candidate / control;
}

function binRows(edges: readonly number[], control: Distribution | null, candidate: Distribution | null) {
  return edges.slice(0, -1).flatMap((from, index) => {
    const to = edges[index + 1] ?? from;
    const shares = [control, candidate].map((one) => shareBetween(one, from, to));
    return shares.every((part) => part === 0)
      ? []
      : [
          [
            `${duration(from)} to ${duration(to)}`,
            ...shares.map((part) => (part === 0 ? NONE : share(Number(part.toPrecision(3))))),
            '',
          ],
        ];
  });
}

/** Returns the share of durations between two limits. Within a bin, they are assumed to be evenly distributed on a log axis. */
function shareBetween(distribution: Distribution | null, from: number, to: number): number {
  const bin = distribution?.bins.find((one) => one.from > 0 && one.from <= from && to <= one.to);
  if (!bin || !distribution || distribution.count === 0) return 0;
  return (bin.count / distribution.count) * (Math.log(to / from) / Math.log(bin.to / bin.from));
}

function readoutOf(
  edges: readonly number[],
  point: number | null,
  control: Distribution | null,
  candidate: Distribution | null,
): string {
  const [from, to] = point === null ? [] : [edges[point], edges[point + 1]];
  if (from === undefined || to === undefined) return 'Point at a duration to read it.';
  const of = (one: Distribution | null) => share(Number(shareBetween(one, from, to).toPrecision(2)));
  return `${duration(from)} to ${duration(to)}: ${of(control)} of the control’s, ${of(candidate)} of the candidate’s`;
}

function drawing(theme: Theme, draw: (plot: uPlot) => void): Drawing {
  const paths = uPlot.paths.stepped?.({ align: 1 });
  const common = { points: { show: false }, ...(paths ? { paths } : {}) };
  return {
    padding: [40, 12, 0, 8],
    cursor: { y: false, points: { show: false }, drag: { setScale: false, x: false } },
    scales: {
      // The enum with the name of this scale exists only for uPlot's own compiler.
      // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
      x: { time: false, distr: 3, log: 10, range: (_, min, max) => [min / 1.15, max * 1.15] },
      y: { range: (_, __, max) => [0, max * 1.05 || 1] },
    },
    axes: [
      bottomAxis(theme, {
        space: 56,
        values: (_, splits) => splits.map((at: number | null) => (at === null ? '' : duration(at))),
      }),
      axis(theme, { show: false }),
    ],
    series: [
      {},
      { ...common, stroke: theme.control, fill: theme.controlSoft, width: 1.5 },
      { ...common, stroke: theme.accent, fill: theme.accentSoft, width: 2 },
    ],
    hooks: { draw: [draw] },
  };
}
