import type { ValueDifference } from '../differences/differences.js';
import { FieldNoise, type Likeness } from './field-noise.js';

/** Runs of the control against itself before the runs of a candidate are evidence. */
const LEARNT = 30;

/** Largest number of fields whose values are known. What differs in a further one is never excused. */
const FIELDS = 32;

/**
 * What this process has seen of the control differing from itself: in which fields, by which values, and by how much. It says of a
 * candidate's difference whether the control could have made it. Its memory is bounded, and it is never stored: a process learns it anew.
 */
export class KnownNoise {
  private readonly fields = new Map<string, FieldNoise>();
  private runs = 0;

  /** True once enough is known to judge candidates. Until then, what they differ in is unknown rather than a difference. */
  get isKnown(): boolean {
    return this.runs >= LEARNT;
  }

  /**
   * Notes in which places the control has differed from itself.
   *
   * @param places empty if it has not
   */
  learn(places: readonly ValueDifference[]): void {
    this.runs += 1;
    for (const place of places) {
      let field = this.fields.get(place.path);
      if (field === undefined) {
        if (this.fields.size >= FIELDS) continue;
        this.fields.set(place.path, (field = new FieldNoise()));
      }
      field.learn(place);
    }
  }

  /**
   * Compares what a run differs in with what is known: it is the same if all is as close as the control is to itself; excused if all could
   * have come from the control; otherwise it differs.
   */
  judge(places: readonly ValueDifference[]): Likeness {
    let likeness: Likeness = 'same';
    for (const place of places) {
      const found = this.fields.get(place.path)?.judge(place) ?? 'differs';
      if (found === 'differs') return found;
      if (found === 'excused') likeness = found;
    }
    return likeness;
  }
}
