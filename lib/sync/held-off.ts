import type { KnownExperiment } from './known-experiment.js';

/** An experiment that an operator has turned off in this process, which is not stored yet. */
export interface Hold {
  readonly name: string;
  readonly id: number;
  /** The version that was turned off. */
  readonly version: number;
  /** Whether the operator meant that version alone. */
  readonly isExact: boolean;
  /** When it was turned off, in ms since the epoch. */
  readonly at: number;
}

/** What is looked at of a row to see whether somebody has changed it since it was turned off. */
type Changed = Pick<KnownExperiment, 'version' | 'updatedAt' | 'percentEnabled'>;

/**
 * Whether somebody has changed an experiment since it was turned off here, so that it is theirs to say whether it is on. A version that
 * is newer, but was made before, was only not known here yet.
 */
export function isOvertaken(hold: Hold, { version, updatedAt, percentEnabled }: Changed): boolean {
  if (version <= hold.version) return false;
  return hold.isExact || (percentEnabled > 0 && updatedAt > hold.at);
}

/** The experiments that are off in this process until that is stored, whatever is read meanwhile. */
export class HeldOff {
  private readonly holds = new Set<Hold>();

  add(hold: Hold): void {
    this.holds.add(hold);
  }

  delete(hold: Hold): void {
    this.holds.delete(hold);
  }

  /** What of an experiment is to be obeyed. */
  applied(known: KnownExperiment): KnownExperiment {
    for (const hold of this.holds) {
      if (hold.id === known.id && !isOvertaken(hold, known)) return { ...known, percentEnabled: 0 };
    }
    return known;
  }
}
