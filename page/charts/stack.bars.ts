import type uPlot from 'uplot';

/** Share of its period that a bar takes. */
const WIDTH = 0.84;

/**
 * Draws stacked bars, on whole pixels, so that none shines through another's edge.
 *
 * @param fills fills of the plot's series; each series is the height of the stack up to it, from the top
 * @param step length of a bar's period
 */
export function drawStack(plot: uPlot, fills: readonly (string | CanvasPattern)[], step: number): void {
  const { ctx } = plot;
  const [times = [], ...stack] = plot.data;
  const y = (value: number) => Math.round(plot.valToPos(value, 'y', true));
  ctx.save();
  times.forEach((time, index) => {
    if (typeof time !== 'number') return;
    const [start, end] = [plot.valToPos(time, 'x', true), plot.valToPos(time + step, 'x', true)];
    const left = Math.round(start + ((end - start) * (1 - WIDTH)) / 2);
    const width = Math.max(Math.round((end - start) * WIDTH), 1);
    fills.forEach((fill, fromTop) => {
      const [high, low] = [stack[fromTop]?.[index] ?? 0, stack[fromTop + 1]?.[index] ?? 0];
      if (high <= low) return;
      const bottom = y(low);
      // Even the smallest count is visible.
      const top = Math.min(y(high), bottom - 1);
      ctx.fillStyle = fill;
      ctx.fillRect(left, top, width, bottom - top);
    });
  });
  ctx.restore();
}
