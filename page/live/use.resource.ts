import { useEffect, useRef, useState } from 'preact/hooks';
import { failureOf, type Failure } from '../api/failure.js';
import { told } from './connection.js';
import { Poll } from './poll.js';
import { awake } from './wakefulness.js';

/** How long a figure stands until it is asked for again, in ms. */
export const REFRESH = 4_000;

/** What the server has somewhere, kept fresh. */
export interface Resource<Data> {
  /** The last that was got, also while the server can't be reached. */
  readonly data: Data | undefined;
  /** Why it could not be got the last time. */
  readonly failure: Failure | undefined;
  /** Asks now. */
  readonly reload: () => void;
  /** Takes what is known otherwise. */
  readonly put: (data: Data) => void;
}

interface Got<Data> {
  readonly key: string;
  readonly data?: Data;
  readonly failure?: Failure;
}

/**
 * Asks the server for something every few seconds, as long as the page is seen.
 *
 * @param key names what is asked for: with another, it is something else
 * @param every how long to wait in between, in ms
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
        told(undefined);
        setGot({ key, data });
      } catch (error) {
        if (signal.aborted) return;
        const failure = failureOf(error);
        told(failure);
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
