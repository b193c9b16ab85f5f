import type uPlot from 'uplot';
import type { Distribution } from '../api/durations.js';
import type { Theme } from './theme.js';

/** Distributions whose percentiles are marked. */
export interface Marks {
  readonly control: Distribution | null;
  readonly candidate: Distribution | null;
}

/** Marks the percentiles of both above and in a chart: the control's dashed in the upper row, the candidate's in the lower. */
export function drawMarks(plot: uPlot, theme: Theme, { control, candidate }: Marks): void {
  drawRow(plot, control, { color: theme.control, row: 0, dash: [4, 3] });
  drawRow(plot, candidate, { color: theme.accent, row: 1, dash: [] });
}

interface Row {
  readonly color: string;
  readonly row: number;
  readonly dash: readonly number[];
}

/** Height of a row, in CSS pixels. */
const ROW = 16;

function drawRow(plot: uPlot, distribution: Distribution | null, { color, row, dash }: Row): void {
  if (distribution === null) return;
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const baseline = bbox.top - (1 - row) * ROW * ratio - 6 * ratio;
  ctx.save();
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = 'center';
  ctx.fillStyle = ctx.strokeStyle = color;
  ctx.lineWidth = ratio;
  let free = bbox.left - 20 * ratio;
  for (const key of ['p50', 'p95', 'p99'] as const) {
    if (distribution[key] <= 0) continue;
    const x = Math.round(plot.valToPos(distribution[key], 'x', true)) + 0.5;
    ctx.setLineDash(dash.map((length) => length * ratio));
    ctx.beginPath();
    ctx.moveTo(x, baseline + 3 * ratio);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const half = ctx.measureText(key).width / 2;
    if (x - half < free) continue; // the legend shows the figure
    ctx.fillText(key, x, baseline);
    free = x + half + 4 * ratio;
  }
  ctx.restore();
}
