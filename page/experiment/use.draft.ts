import { useState } from 'preact/hooks';
import type { Experiment } from '../api/experiment.js';
import type { Changing, Wanted } from './use.changing.js';

/** What the reader has put into fields and not sent yet. */
export interface Draft<Fields> {
  /** What the fields have: of those that were not touched, what the experiment has. */
  readonly fields: Fields;
  readonly isChanged: boolean;
  readonly edit: (edits: Partial<Fields>) => void;
  readonly reset: () => void;
  /** Sends a change for the experiment as it was when the first field was touched; what is refused stays in the fields. */
  readonly send: (wanted: Wanted) => void;
}

interface Edited<Fields> {
  readonly edits: Partial<Fields>;
  readonly seen: Experiment | undefined;
}

/** @param fieldsOf what the fields have where nothing was touched; it is the same for the same settings */
export function useDraft<Fields extends object>(
  experiment: Experiment,
  changing: Changing,
  fieldsOf: (experiment: Experiment) => Fields,
): Draft<Fields> {
  const [edited, setEdited] = useState<Edited<Fields>>();
  const stored = fieldsOf(experiment);
  const fields = { ...stored, ...edited?.edits };
  return {
    fields,
    isChanged: JSON.stringify(fields) !== JSON.stringify(stored),
    edit: (edits) =>
      setEdited((before) => ({ edits: { ...before?.edits, ...edits }, seen: before === undefined ? experiment : before.seen })),
    reset: () => setEdited(undefined),
    send: (wanted) => {
      if (changing.state.kind === 'sending') return;
      // Who was told of another's change knows of it from then on.
      void changing
        .send(wanted, edited?.seen ?? experiment)
        .then((isMade) => setEdited((now) => (isMade || now === undefined ? undefined : { ...now, seen: undefined })));
    },
  };
}
