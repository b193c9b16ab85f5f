import { useState } from 'preact/hooks';
import { changeExperiment, historyOf, readExperiment } from '../api/api.js';
import type { ChangeRecord } from '../api/change.record.js';
import type { Change, Experiment } from '../api/experiment.js';
import { failureOf, type Failure } from '../api/failure.js';
import { keepFocus } from '../frame/focus.js';
import { announce } from '../live/announcer.js';

/** What is to be changed: in words, and made of the experiment as it is. */
export interface Wanted {
  readonly text: string;
  readonly change: (experiment: Experiment) => Change;
}

/** What becomes of the changes that are sent. */
export type ChangingState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending'; readonly wanted: Wanted }
  | { readonly kind: 'unstored'; readonly wanted: Wanted }
  | { readonly kind: 'failed'; readonly wanted: Wanted; readonly failure: Failure }
  | { readonly kind: 'conflict'; readonly wanted: Wanted; readonly conflict: Conflict };

/** A change that was made for an experiment which somebody else had changed. */
export interface Conflict {
  /** As it was when the change was begun. */
  readonly before: Experiment;
  readonly now: Experiment;
  /** What was done in between, the newest first. */
  readonly by: readonly ChangeRecord[];
}

/** Sends changes of an experiment. */
export interface Changing {
  readonly state: ChangingState;
  /**
   * Makes a change of the experiment as the reader saw it.
   *
   * @returns whether it was made
   */
  readonly send: (wanted: Wanted, seen: Experiment) => Promise<boolean>;
  /** Switches off whatever else was changed meanwhile: it touches nothing but the percentage. */
  readonly switchOff: () => Promise<boolean>;
  /** Gives up what did not succeed. */
  readonly dismiss: () => void;
}

/** How many changes in between are asked for at the most. */
const SHOWN = 5;

/** @param changed takes the experiment as it is after a change, or as somebody else has left it */
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
