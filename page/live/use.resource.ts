import { useEffect, useRef, useState } from 'preact/hooks';
import { failureOf, type Failure } from '../api/failure.js';
import { noteOutcome } from './connection.js';
import { Poll } from './poll.js';
import { awake } from './wakefulness.js';

/** Refresh interval of figures, in ms. */
export const REFRESH = 4_000;

/** Data of the server, kept fresh. */
export interface Resource<Data> {
  /** Data last received, also while the server can't be reached. */
  readonly data: Data | undefined;
  /** Failure of the last request, if it failed. */
  readonly failure: Failure | undefined;
  /** Requests the data now. */
  readonly reload: () => void;
  /** Sets data that are known from elsewhere. */
  readonly put: (data: Data) => void;
}

interface Got<Data> {
  readonly key: string;
  readonly data?: Data;
  readonly failure?: Failure;
}

/**
 * Requests data from the server every few seconds, as long as the page is visible.
 *
 * @param key identifies the data; another key means other data
 * @param every wait between two requests, in ms
 */
export function useResource<Data>(
  key: string,
  load: (signal: AbortSignal) => Promise<Data>,
  every: number = REFRESH,
): Resource<Data> {
  const [got, setGot] = useState<Got<Data>>({ key });
  const latest = useRef(load);
  latest.current = load;
  const poll = useRef<Poll | undefined>(undefined);

  useEffect(() => {
    const work = async (signal: AbortSignal) => {
      try {
        const data = await latest.current(signal);
        if (signal.aborted) return;
        noteOutcome(undefined);
        setGot({ key, data });
      } catch (error) {
        if (signal.aborted) return;
        const failure = failureOf(error);
        noteOutcome(failure);
        setGot((before) => ({ ...(before.key === key ? before : {}), key, failure }));
      }
    };
    const started = (poll.current = new Poll(work, every, awake));
    return () => started.stop();
  }, [key, every]);

  const { data, failure } = got.key === key ? got : {};
  return {
    data,
    failure,
    reload: () => poll.current?.now(),
    put: (known) => {
      poll.current?.later();
      setGot({ key, data: known });
    },
  };
}
