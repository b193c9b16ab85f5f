import type { SkipReason } from '../experiment/skip-reason.js';
import type { Tally } from '../recording/tallies/tally.js';
import { NOTHING_LEFT, type LeftOutShare } from './statistics/measured.js';

/** Reasons to skip a call that depend on the call itself, and not on what else goes on. */
const DEPENDING_ON_THE_CALL: readonly SkipReason[] = [
  'runIf',
  'subject',
  'tooLarge',
  'liveArguments',
  'candidateArgs',
  'callersTransaction',
  'refused',
  'notComparable',
  'unsubscribed',
];

/** Tells which calls were not compared for a reason that depends on the call, so that nothing is known of such calls. */
export function shareLeftOut({ runs, counts, drifted, evidence }: Tally, { skipped }: Pick<Tally, 'skipped'>): LeftOutShare[] {
  const left = new Map<string, number>(DEPENDING_ON_THE_CALL.map((reason) => [reason, skipped.get(reason) ?? 0]));
  const drawn = [...left.values()].reduce((sum, count) => sum + count, runs);
  left.set('drift', drifted);
  left.set('ignored', counts.ignored - drifted);
  left.set('both threw', evidence.uncounted.bothThrew);
  left.set(NOTHING_LEFT, evidence.uncounted.nothingLeft);
  left.set('late', evidence.uncounted.late);
  return [...left]
    .filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one)
    .map(([why, count]) => ({ why, share: count / drawn }));
}
