import { useMemo, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { Moment } from '../parts/moment.js';
import { matchIntervalText, matchText, share } from '../text/figure.text.js';
import { tickText } from '../text/time.text.js';
import { axis, timeAxis } from './axes.js';
import { Chart, type Drawing } from './chart.js';
import type { Period } from './periods.js';
import { Picture } from './picture.js';
import type { Theme } from './theme.js';

/** Share of matching runs over time, with its 95 % confidence band. */
export function MatchPicture(props: { readonly periods: readonly Period[]; readonly step: number; readonly targetRate: number }) {
  const { periods, step, targetRate } = props;
  const [point, setPoint] = useState<number | null>(null);
  const data = useMemo(
    () =>
      [
        periods.map(({ at }) => at),
        periods.map(({ mismatchRate }) => mismatchRate && 1 - mismatchRate.low),
        periods.map(({ mismatchRate }) => mismatchRate && 1 - mismatchRate.high),
        periods.map(({ mismatchRate }) => mismatchRate && 1 - mismatchRate.estimate),
      ] satisfies uPlot.AlignedData,
    [periods],
  );
  const known = periods.filter(({ mismatchRate }) => mismatchRate !== null);
  const period = (point === null ? undefined : periods[point]) ?? known.at(-1);
  return (
    <Picture
      title="Match rate"
      hint={`Share of runs that did not differ, with its 95 % confidence band. The dashed line is the target, ${share(1 - targetRate)}.`}
      readout={period ? readoutOf(period, step) : 'Nothing was counted in this period.'}
      columns={['From', 'Match rate', 'At least', 'At most']}
      rows={() =>
        known
          .toReversed()
          .map(({ at, mismatchRate }) => [
            <Moment key={at} time={new Date(at).toISOString()} isExact />,
            matchText(mismatchRate),
            mismatchRate && share(1 - mismatchRate.high),
            mismatchRate && share(1 - mismatchRate.low),
          ])
      }
    >
      <Chart
        label={`Match rate over time. The latest is ${matchText(known.at(-1)?.mismatchRate)}.`}
        height={220}
        data={data}
        drawing={(theme) => drawing(theme, step, 1 - targetRate)}
        drawingKey={`${step} ${targetRate}`}
        onPoint={setPoint}
      />
    </Picture>
  );
}

function readoutOf({ at, mismatchRate }: Period, step: number): string {
  const when = tickText(new Date(at), Math.min(step, 3_600_000));
  return mismatchRate ? `${when}: ${matchText(mismatchRate)} (${matchIntervalText(mismatchRate)})` : `${when}: no runs`;
}

function drawing(theme: Theme, step: number, target: number): Drawing {
  return {
    ms: 1,
    cursor: { y: false, drag: { setScale: false, x: false } },
    scales: {
      x: { range: (_, min, max) => [min, max + step] },
      y: { range: (_, min) => [Math.max(0, Math.min(min, target) - (1 - Math.min(min, target)) * 0.08), 1] },
    },
    axes: [timeAxis(theme), axis(theme, { size: 62, values: (_, splits) => splits.map(share) })],
    series: [
      {},
      { stroke: 'transparent', points: { show: false } },
      { stroke: 'transparent', points: { show: false } },
      { stroke: theme.accent, width: 2, points: { show: true, size: 4, fill: theme.accent } },
    ],
    bands: [{ series: [1, 2], fill: theme.accentSoft }],
    hooks: { draw: [(plot) => drawTarget(plot, theme, target)] },
  };
}

function drawTarget(plot: uPlot, theme: Theme, target: number): void {
  const { ctx, bbox } = plot;
  const y = Math.round(plot.valToPos(target, 'y', true)) + 0.5;
  ctx.save();
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
