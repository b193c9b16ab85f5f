import { useEffect, useRef } from 'preact/hooks';
import type { Outcome } from '../api/summary.js';
import { useStore } from '../live/store.js';
import { fillOf } from './hatch.js';
import { theme } from './theme.js';

const SIZE = 14;

/** Sample of an outcome's fill. */
export function Swatch({ outcome }: { readonly outcome: Outcome }) {
  const colors = useStore(theme);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    element.width = element.height = SIZE * devicePixelRatio;
    context.fillStyle = fillOf(outcome, colors[outcome], colors.surface);
    context.fillRect(0, 0, element.width, element.height);
  }, [colors, outcome]);
  return <canvas class="swatch" ref={canvas} aria-hidden="true" />;
}
