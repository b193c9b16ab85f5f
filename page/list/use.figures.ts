import { useEffect, useRef, useState } from 'preact/hooks';
import { figuresOf } from '../api/api.js';
import { failureOf } from '../api/failure.js';
import { FIGURES_AT_ONCE, type Figures } from '../api/figures.js';
import { noteOutcome } from '../live/connection.js';
import { Poll } from '../live/poll.js';
import { REFRESH } from '../live/use.resource.js';
import { awake } from '../live/wakefulness.js';

/** Time, in ms, for which names are collected before their figures are requested: rows come on screen one after the other. */
const GATHERING = 120;

/** Keeps the figures of experiments fresh. Figures of names that are no longer needed stay as they were. */
export function useFigures(names: readonly string[]): ReadonlyMap<string, Figures> {
  const [figures, setFigures] = useState<ReadonlyMap<string, Figures>>(new Map());
  const wanted = useRef(names);
  wanted.current = names;
  const poll = useRef<Poll | undefined>(undefined);

  useEffect(() => {
    const started = (poll.current = new Poll(
      async (signal) => {
        if (wanted.current.length === 0) return;
        try {
          const got = await allOf(wanted.current, signal);
          if (!signal.aborted) setFigures((before) => new Map([...before, ...got.map((one) => [one.name, one] as const)]));
        } catch (error) {
          if (!signal.aborted) noteOutcome(failureOf(error));
        }
      },
      REFRESH,
      awake,
    ));
    return () => started.stop();
  }, []);

  const missing = names.filter((name) => !figures.has(name)).join('\0');
  useEffect(() => {
    if (missing === '') return undefined;
    const timer = setTimeout(() => poll.current?.now(), GATHERING);
    return () => clearTimeout(timer);
  }, [missing]);
  return figures;
}

/** Requests one batch after the other, so that a list of hundreds causes no burst. */
async function allOf(names: readonly string[], signal: AbortSignal): Promise<Figures[]> {
  const all: Figures[] = [];
  for (let from = 0; from < names.length; from += FIGURES_AT_ONCE)
    all.push(...(await figuresOf(names.slice(from, from + FIGURES_AT_ONCE), signal)));
  return all;
}
