/** Meaning of a shape. Each has its own outline, so that none is recognised by its colour alone. */
export type ShapeKind = 'good' | 'bad' | 'open' | 'off' | 'stopped' | 'waiting' | 'unseen' | 'on';

const PATHS: Readonly<Record<ShapeKind, string>> = {
  on: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Z',
  off: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 2a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z',
  good: 'M6.6 12.6 2 8l1.6-1.6 3 3 5.8-5.8L14 5.2Z',
  bad: 'M8 1.5 15 14H1ZM7.1 6v4h1.8V6Zm0 5v1.7h1.8V11Z',
  open: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 2v8a4 4 0 1 1 0-8Z',
  stopped: 'M5.1 1.5h5.8l4 4v5l-4 4H5.1l-4-4v-5ZM4.5 7v2h7V7Z',
  waiting: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM7.1 4.5h1.8v3.2l2.2 2.2-1.2 1.2-2.8-2.8Z',
  unseen: 'M2 7h3v2H2Zm4.5 0h3v2h-3ZM11 7h3v2h-3Z',
};

/** A shape with a meaning. */
export function Shape({ kind }: { readonly kind: ShapeKind }) {
  return (
    <svg class={`shape shape-${kind}`} viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={PATHS[kind]} fill-rule="evenodd" />
    </svg>
  );
}
