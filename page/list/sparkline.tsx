import type { LastHour } from '../api/figures.js';
import { counted, number } from '../text/figure.text.js';
import { bars, SIZE } from './sparkline.shape.js';

/** Runs by minute of the last hour as a silhouette, with the differing ones in front. */
export function Sparkline({ hour }: { readonly hour: LastHour }) {
  const { runs, differing } = hour;
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
  const [all, different] = [sum(runs), sum(differing)];
  if (all === 0) return <span class="quiet">no runs</span>;
  const label = `${counted(all, 'run')} in the last hour, ${number(different)} differed`;
  const most = Math.max(...runs);
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
      width={SIZE.width}
      height={SIZE.height}
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      <path class="sparkline-base" d={`M0 ${SIZE.height - 0.5}H${SIZE.width}`} />
      <path class="sparkline-runs" d={bars(runs, most)} />
      <path class="sparkline-differing" d={bars(differing, most)} />
    </svg>
  );
}
