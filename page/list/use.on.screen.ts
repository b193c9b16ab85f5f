import type { RefObject } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

/** Tracks the rows that are on screen, or nearly so. */
export class Screen {
  private readonly names = new Map<Element, string>();
  private readonly shown = new Set<Element>();
  private readonly observer: IntersectionObserver;

  constructor(changed: (names: readonly string[]) => void) {
    this.observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) this.shown.add(target);
          else this.shown.delete(target);
        }
        changed([...this.shown].flatMap((element) => this.names.get(element) ?? []));
      },
      { rootMargin: '200px' },
    );
  }

  /** @returns a function that stops the tracking */
  watch(element: Element, name: string): () => void {
    this.names.set(element, name);
    this.observer.observe(element);
    return () => {
      this.observer.unobserve(element);
      this.names.delete(element);
      this.shown.delete(element);
    };
  }

  end(): void {
    this.observer.disconnect();
  }
}

/** Returns a screen, and the names of the rows on it. */
export function useScreen(): readonly [Screen, readonly string[]] {
  const [names, setNames] = useState<readonly string[]>([]);
  const screen = useMemo(() => new Screen(setNames), []);
  useEffect(() => () => screen.end(), [screen]);
  return [screen, names];
}

/** Returns the ref of a row that a screen tracks. */
export function useOnScreen<E extends Element>(screen: Screen, name: string): RefObject<E | null> {
  const element = useRef<E>(null);
  useEffect(() => (element.current === null ? undefined : screen.watch(element.current, name)), [screen, name]);
  return element;
}
