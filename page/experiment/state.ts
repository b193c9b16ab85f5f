import type { Experiment } from '../api/experiment.js';

/** Current state of an experiment, with the reason; times are ISO 8601. */
export type State =
  | { readonly kind: 'running' }
  | { readonly kind: 'off' }
  | { readonly kind: 'scheduled'; readonly at: string }
  | { readonly kind: 'ended'; readonly at: string }
  | { readonly kind: 'halted'; readonly at: string; readonly reason: string }
  | { readonly kind: 'unseen' };

/** All states, in the order of the list. */
export const STATES = ['running', 'halted', 'unseen', 'scheduled', 'ended', 'off'] as const satisfies readonly State['kind'][];

/** Names of the states. */
export const STATE_WORDS: Readonly<Record<State['kind'], string>> = {
  running: 'Running',
  off: 'Off',
  scheduled: 'Scheduled',
  ended: 'Ended',
  halted: 'Halted',
  unseen: 'Not seen',
};

/** Time, in ms, for which an experiment counts as running after it was last seen. */
const SEEN_FOR = 180_000;

/** Decides whether a running process has the experiment. */
export function isSeen({ seenAt }: Pick<Experiment, 'seenAt'>, now: number): boolean {
  return seenAt !== null && now - Date.parse(seenAt) < SEEN_FOR;
}

/** Returns the state of an experiment. */
export function stateOf(experiment: Experiment, now: number): State {
  const { percentEnabled, startsAt, endsAt, haltedAt, haltReason } = experiment;
  if (haltedAt !== null) return { kind: 'halted', at: haltedAt, reason: haltReason ?? 'A guardrail stopped it.' };
  if (percentEnabled === 0) return { kind: 'off' };
  if (endsAt !== null && Date.parse(endsAt) <= now) return { kind: 'ended', at: endsAt };
  if (startsAt !== null && Date.parse(startsAt) > now) return { kind: 'scheduled', at: startsAt };
  return isSeen(experiment, now) ? { kind: 'running' } : { kind: 'unseen' };
}
