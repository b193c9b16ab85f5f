import { useState } from 'preact/hooks';
import { changeExperiment, historyOf, readExperiment } from '../api/api.js';
import type { ChangeRecord } from '../api/change.record.js';
import type { Change, Experiment } from '../api/experiment.js';
import { failureOf, type Failure } from '../api/failure.js';
import { keepFocus } from '../frame/focus.js';
import { announce } from '../live/announcer.js';

/** A wanted change: in words, and as a function of the current experiment. */
export interface Wanted {
  readonly text: string;
  readonly change: (experiment: Experiment) => Change;
}

/** State of the changes that are sent. */
export type ChangingState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending'; readonly wanted: Wanted }
  | { readonly kind: 'unstored'; readonly wanted: Wanted }
  | { readonly kind: 'failed'; readonly wanted: Wanted; readonly failure: Failure }
  | { readonly kind: 'conflict'; readonly wanted: Wanted; readonly conflict: Conflict };

/** A change for an experiment that somebody else had changed. */
export interface Conflict {
  /** Experiment when the change was begun. */
  readonly before: Experiment;
  readonly now: Experiment;
  /** Changes in between, the newest first. */
  readonly by: readonly ChangeRecord[];
}

/** Sends changes of an experiment. */
export interface Changing {
  readonly state: ChangingState;
  /**
   * Makes a change of the experiment as the reader saw it.
   *
   * @returns true if it was made
   */
  readonly send: (wanted: Wanted, seen: Experiment) => Promise<boolean>;
  /** Switches off, regardless of other changes: it touches nothing but the percentage. */
  readonly switchOff: () => Promise<boolean>;
  /** Dismisses a failed change. */
  readonly dismiss: () => void;
}

/** Largest number of changes in between that are shown. */
const SHOWN = 5;

/** @param changed receives the experiment after a change, or as somebody else has left it */
export function useChanging(name: string, changed: (experiment: Experiment) => void): Changing {
  const [state, setState] = useState<ChangingState>({ kind: 'idle' });

  const make = async (wanted: Wanted, change: Change, seen?: Experiment): Promise<boolean> => {
    setState({ kind: 'sending', wanted });
    try {
      const now = await changeExperiment(name, change, seen?.version);
      changed(now);
      if (now.stored === false) setState({ kind: 'unstored', wanted });
      else {
        setState({ kind: 'idle' });
        announce(`Done: ${wanted.text}.`);
      }
      return true;
    } catch (error) {
      const failure = failureOf(error);
      const conflict = failure.kind === 'conflict' && seen !== undefined ? await conflictSince(seen).catch(failureOf) : failure;
      if ('kind' in conflict) setState({ kind: 'failed', wanted, failure: conflict });
      else {
        changed(conflict.now);
        setState({ kind: 'conflict', wanted, conflict });
      }
      return false;
    } finally {
      keepFocus();
    }
  };
  return {
    state,
    send: (wanted, seen) => make(wanted, wanted.change(seen), seen),
    switchOff: () => make(SWITCH_OFF, { percentEnabled: 0 }),
    dismiss: () => {
      setState({ kind: 'idle' });
      keepFocus();
    },
  };
}

const SWITCH_OFF: Wanted = { text: 'switched off', change: () => ({ percentEnabled: 0 }) };

async function conflictSince(before: Experiment): Promise<Conflict> {
  const now = await readExperiment(before.name);
  const { items } = await historyOf(before.name);
  return { before, now, by: items.slice(0, Math.min(now.version - before.version, SHOWN)) };
}
