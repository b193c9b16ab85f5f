import { Store } from '../live/store.js';

/** Colours of the charts, from the style sheet. */
export interface Theme {
  readonly ink: string;
  readonly quiet: string;
  readonly line: string;
  readonly surface: string;
  readonly accent: string;
  readonly accentSoft: string;
  readonly control: string;
  readonly controlSoft: string;
  readonly matched: string;
  readonly ignored: string;
  readonly mismatched: string;
  readonly errored: string;
  readonly timedOut: string;
}

const NAMES: Readonly<Record<keyof Theme, string>> = {
  ink: '--ink',
  quiet: '--quiet',
  line: '--line',
  surface: '--surface',
  accent: '--accent',
  accentSoft: '--accent-soft',
  control: '--control',
  controlSoft: '--control-soft',
  matched: '--matched',
  ignored: '--ignored',
  mismatched: '--mismatched',
  errored: '--errored',
  timedOut: '--timed-out',
};

function current(): Theme {
  const style = getComputedStyle(document.documentElement);
  const of = (key: keyof Theme) => style.getPropertyValue(NAMES[key]).trim();
  return Object.fromEntries(Object.keys(NAMES).map((key) => [key, of(key as keyof Theme)])) as unknown as Theme; // has its keys
}

/** Current theme of the reader's system. */
export const theme = new Store(current());

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => theme.set(current()));
