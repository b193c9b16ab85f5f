import { useMemo, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { SpeedupAt, SpeedupBase } from '../api/summary.js';
import { speedupText } from '../text/figure.text.js';
import { SPEEDUP_WORDS } from '../text/word.text.js';
import { axis, bottomAxis } from './axes.js';
import { Chart, type Drawing } from './chart.js';
import { fillOf } from './hatch.js';
import { Picture } from './picture.js';
import { factorAt, heightOf, ticksBetween } from './speedup.scale.js';
import type { Theme } from './theme.js';

/** Speedup of the candidate, by percentile of the runs. */
export function SpeedupPicture({ speedup, over }: { readonly speedup: readonly SpeedupAt[]; readonly over: SpeedupBase }) {
  const [point, setPoint] = useState<number | null>(null);
  const data = useMemo(() => {
    const heights = speedup.map(({ factor }) => heightOf(factor));
    const side = (isFaster: boolean) => heights.map((height) => (height >= 0 === isFaster ? height : null));
    return [speedup.map(({ percentile }) => percentile), side(true), side(false)] satisfies uPlot.AlignedData;
  }, [speedup]);
  const median = speedup.find(({ percentile }) => percentile === 50);
  const at = (point === null ? undefined : speedup[point]) ?? median;
  return (
    <Picture
      title="Speed by percentile"
      hint={`Runs from the slowest relative to the control to the fastest: upward bars are faster, hatched downward bars slower. ${SPEEDUP_WORDS[over]}`}
      readout={at ? `At ${at.percentile} %: ${speedupText(at.factor)}` : ''}
      columns={['Percentile', 'Speed']}
      rows={() => speedup.map(({ percentile, factor }) => [`${percentile} %`, speedupText(factor)])}
    >
      {speedup.length === 0 ? (
        <p class="empty">Nothing has been measured yet.</p>
      ) : (
        <Chart
          label={`Speed by percentile: ${speedupText(speedup[0]?.factor)} at the lowest, ${speedupText(median?.factor)} at the median, ${speedupText(speedup.at(-1)?.factor)} at the highest.`}
          height={240}
          data={data}
          drawing={drawing}
          drawingKey=""
          onPoint={setPoint}
        />
      )}
    </Picture>
  );
}

function drawing(theme: Theme): Drawing {
  const paths = uPlot.paths.bars?.({ size: [0.75, 40] });
  const bars = (fill: string | CanvasPattern) => ({ fill, width: 0, points: { show: false }, ...(paths ? { paths } : {}) });
  return {
    cursor: { y: false, points: { show: false }, drag: { setScale: false, x: false } },
    scales: {
      x: { time: false, range: [-3, 103] },
      y: { range: (_, min, max) => [Math.min(min * 1.1, -0.05), Math.max(max * 1.1, 0.05)] },
    },
    axes: [
      bottomAxis(theme, { values: (_, splits) => splits.map((percentile) => `${percentile} %`) }),
      axis(theme, {
        size: 108,
        splits: (_, __, min, max) => ticksBetween(min, max),
        values: (_, splits) => splits.map((height) => (height === 0 ? 'as fast' : speedupText(factorAt(height)))),
      }),
    ],
    series: [{}, bars(theme.accent), bars(fillOf('mismatched', theme.mismatched, theme.surface))],
  };
}
