import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { useStore } from '../live/store.js';
import { theme, type Theme } from './theme.js';

/** Options of a chart; its size and data are passed separately. */
export type Drawing = Omit<uPlot.Options, 'width' | 'height' | 'data'>;

/** A chart of figures, with a description in words. Its figures are also available as a table. */
export function Chart(props: {
  readonly label: string;
  readonly height: number;
  readonly data: uPlot.AlignedData;
  readonly drawing: (theme: Theme) => Drawing;
  /** When it changes, the chart is drawn again, and not only its data. */
  readonly drawingKey: string;
  /** Receives the index of the figure at the pointer. */
  readonly onPoint: (index: number | null) => void;
}) {
  const { label, height, data, drawing, drawingKey, onPoint } = props;
  const colors = useStore(theme);
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const point = useRef(onPoint);
  point.current = onPoint;

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const options = drawing(colors);
    const drawn = (plot.current = new uPlot(
      {
        ...options,
        width: element.clientWidth || 300,
        height,
        legend: { show: false },
        hooks: { ...options.hooks, setLegend: [(u) => point.current(u.cursor.idx ?? null)] },
      },
      data,
      element,
    ));
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0 && element.clientWidth !== drawn.width) drawn.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawn.destroy();
    };
  }, [colors, drawingKey, height]);

  useEffect(() => plot.current?.setData(data), [data]);
  return <div class="chart" role="img" aria-label={label} ref={place} />;
}
