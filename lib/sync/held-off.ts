import type { KnownExperiment } from './known-experiment.js';

/** An experiment that an operator has turned off in this process, and that is not stored as off yet. */
export interface Hold {
  readonly name: string;
  readonly id: number;
  /** Version that was turned off. */
  readonly version: number;
  /** True if the operator meant that version alone. */
  readonly isExact: boolean;
  /** Time at which it was turned off, in ms since the epoch. */
  readonly at: number;
}

/** Properties of a row that show whether somebody has changed it since it was turned off. */
type Changed = Pick<KnownExperiment, 'version' | 'updatedAt' | 'percentEnabled'>;

/**
 * Decides whether somebody has changed an experiment since it was turned off here, so that their setting counts. A newer
 * version that was made before was merely not known here yet.
 */
export function isOvertaken(hold: Hold, { version, updatedAt, percentEnabled }: Changed): boolean {
  if (version <= hold.version) return false;
  return hold.isExact || (percentEnabled > 0 && updatedAt > hold.at);
}

/** Experiments that stay off in this process until that is stored, whatever is read meanwhile. */
export class HeldOff {
  private readonly holds = new Set<Hold>();

  add(hold: Hold): void {
    this.holds.add(hold);
  }

  delete(hold: Hold): void {
    this.holds.delete(hold);
  }

  /** Returns an experiment with the holds applied. */
  applied(known: KnownExperiment): KnownExperiment {
    for (const hold of this.holds) {
      if (hold.id === known.id && !isOvertaken(hold, known)) return { ...known, percentEnabled: 0 };
    }
    return known;
  }
}
