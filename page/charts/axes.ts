import type uPlot from 'uplot';
import { tickText } from '../text/time.text.js';
import type { Theme } from './theme.js';

const FONT = '12px system-ui, sans-serif';
const DAY = 86_400_000;

/** Returns the common options of all axes. */
export function axis(theme: Theme, rest: uPlot.Axis): uPlot.Axis {
  const line = { stroke: theme.line, width: 1 };
  return { font: FONT, stroke: theme.quiet, grid: line, ticks: { ...line, size: 4 }, gap: 4, ...rest };
}

/** Returns the options of axes at the bottom. */
export function bottomAxis(theme: Theme, rest: uPlot.Axis): uPlot.Axis {
  return axis(theme, { size: 28, grid: { show: false }, ...rest });
}

/** Returns the options of an axis of times in the reader's zone. */
export function timeAxis(theme: Theme): uPlot.Axis {
  return bottomAxis(theme, {
    space: 64,
    values: (_, splits, __, ___, step) => splits.map((at) => timeTick(new Date(at), step)),
  });
}

/** Formats a time on the axis; the start of a day shows the day. */
function timeTick(time: Date, step: number): string {
  return time.getHours() === 0 && time.getMinutes() === 0 ? tickText(time, DAY) : tickText(time, Math.min(step, DAY / 48));
}
