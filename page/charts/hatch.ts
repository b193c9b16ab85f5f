import type { Outcome } from '../api/summary.js';

/** Size of a tile, in CSS pixels. */
const TILE = 6;

/**
 * Pattern over an outcome's colour, so that it is recognised without the colour: nothing, lines in one direction or both, or
 * dots.
 */
const MARKS: Readonly<Record<Outcome, readonly ('rising' | 'falling' | 'dot')[]>> = {
  matched: [],
  ignored: ['falling'],
  mismatched: ['rising'],
  errored: ['rising', 'falling'],
  timedOut: ['dot'],
};

/** Returns the fill of an outcome. */
export function fillOf(outcome: Outcome, color: string, over: string): string | CanvasPattern {
  const marks = MARKS[outcome];
  if (marks.length === 0) return color;
  const size = Math.round(TILE * devicePixelRatio);
  const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size });
  const context = canvas.getContext('2d');
  if (context === null) return color;
  context.fillStyle = color;
  context.fillRect(0, 0, size, size);
  context.strokeStyle = context.fillStyle = over;
  context.lineWidth = size / 6;
  for (const mark of marks) draw(context, mark, size);
  return context.createPattern(canvas, 'repeat') ?? color;
}

function draw(context: CanvasRenderingContext2D, mark: 'rising' | 'falling' | 'dot', size: number): void {
  context.beginPath();
  if (mark === 'dot') {
    context.arc(size / 2, size / 2, size / 5, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  // Three lines, so that they continue over the edges of tiles.
  for (const from of [-size, 0, size]) {
    const [start, end] = mark === 'rising' ? [size, 0] : [0, size];
    context.moveTo(from, start);
    context.lineTo(from + size, end);
  }
  context.stroke();
}
