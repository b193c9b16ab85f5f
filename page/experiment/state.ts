import type { Experiment } from '../api/experiment.js';

/** What becomes of an experiment's calls now, and why; times are ISO 8601. */
export type State =
  | { readonly kind: 'running' }
  | { readonly kind: 'off' }
  | { readonly kind: 'scheduled'; readonly at: string }
  | { readonly kind: 'ended'; readonly at: string }
  | { readonly kind: 'halted'; readonly at: string; readonly reason: string }
  | { readonly kind: 'unseen' };

export const STATES = ['running', 'halted', 'unseen', 'scheduled', 'ended', 'off'] as const satisfies readonly State['kind'][];

export const STATE_WORDS: Readonly<Record<State['kind'], string>> = {
  running: 'Running',
  off: 'Off',
  scheduled: 'Scheduled',
  ended: 'Ended',
  halted: 'Halted',
  unseen: 'Not seen',
};

/** How long after it was last seen an experiment counts as one that a running process has, in ms. */
const SEEN_FOR = 180_000;

/** Whether a running process has the experiment. */
export function isSeen({ seenAt }: Pick<Experiment, 'seenAt'>, now: number): boolean {
  return seenAt !== null && now - Date.parse(seenAt) < SEEN_FOR;
}

/** What state an experiment is in. */
export function stateOf(experiment: Experiment, now: number): State {
  const { percentEnabled, startsAt, endsAt, haltedAt, haltReason } = experiment;
  if (haltedAt !== null) return { kind: 'halted', at: haltedAt, reason: haltReason ?? 'A guardrail stopped it.' };
  if (percentEnabled === 0) return { kind: 'off' };
  if (endsAt !== null && Date.parse(endsAt) <= now) return { kind: 'ended', at: endsAt };
  if (startsAt !== null && Date.parse(startsAt) > now) return { kind: 'scheduled', at: startsAt };
  return isSeen(experiment, now) ? { kind: 'running' } : { kind: 'unseen' };
}
