import type { ReadTime } from '../read-time.js';

/** Moment at which a run's candidates read: in each data source, that of the control's first statement. Its methods don't throw. */
export interface ReadMoment {
  /** Notes that the control has settled. Data sources from which it has not read have no moment any more. */
  controlSettled(): void;

  /**
   * Returns when a candidate has read; undefined if it has read nothing.
   *
   * @param candidate its context
   */
  timeOf(candidate: object): ReadTime | undefined;

  /** Gives back the connections that no candidate has taken. */
  end(): void;
}
