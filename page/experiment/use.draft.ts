import { useState } from 'preact/hooks';
import type { Experiment } from '../api/experiment.js';
import type { Changing, Wanted } from './use.changing.js';

/** Input of the reader that is not sent yet. */
export interface Draft<Fields> {
  /** Content of the fields. Untouched ones have the experiment's values. */
  readonly fields: Fields;
  readonly isChanged: boolean;
  readonly edit: (edits: Partial<Fields>) => void;
  readonly reset: () => void;
  /**
   * Sends a change for the experiment as it was when the first field was touched. After a refusal, the fields keep their
   * content.
   */
  readonly send: (wanted: Wanted) => void;
}

interface Edited<Fields> {
  readonly edits: Partial<Fields>;
  readonly seen: Experiment | undefined;
}

/** @param fieldsOf returns the content of untouched fields; it is the same for the same settings */
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
      // A reader who has seen the conflict has seen the other change.
      void changing
        .send(wanted, edited?.seen ?? experiment)
        .then((isMade) => setEdited((now) => (isMade || now === undefined ? undefined : { ...now, seen: undefined })));
    },
  };
}
