import { isLabelled, RedactedTrail } from '../../values/redaction/redacted-trail.js';
import type { Redaction } from '../../values/redaction/redaction.js';
import type { DirectRecord } from './direct-content.js';
import { NotDirect } from './not-direct.js';

/** Parts that may be redacted because another part of the same list or object names them. */
export class DirectNames {
  private readonly trail: RedactedTrail;

  constructor(private readonly redaction: Redaction | undefined) {
    this.trail = new RedactedTrail(redaction);
  }

  /** Refuses a list in which an item may name the next one. */
  refuseNamedItems(list: readonly unknown[]): void {
    const { redaction } = this;
    if (redaction === undefined || list.length % 2 === 1) return;
    if (list.some((item) => typeof item === 'string' && redaction.mayHide(item))) throw new NotDirect();
  }

  /** Refuses an object in which a property may name another one. */
  refuseNamedProperties(record: DirectRecord): void {
    if (this.redaction === undefined) return;
    const keys = Object.keys(record);
    if (!keys.some(isLabelled)) return;
    // Where paths count, so do the names above.
    if (this.trail.isKept || this.trail.findLabelled(keys, (key) => record[key]).length > 0) throw new NotDirect();
  }
}
