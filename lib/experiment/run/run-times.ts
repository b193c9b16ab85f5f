/** Times of the first and the last run since they were last taken, in ms since the epoch. */
export class RunTimes {
  private unwritten: { first: number; last: number } | undefined;

  /** Notes a run. */
  note(startedAt: number): void {
    const { unwritten } = this;
    if (unwritten === undefined) this.unwritten = { first: startedAt, last: startedAt };
    else if (startedAt > unwritten.last) unwritten.last = startedAt;
    else if (startedAt < unwritten.first) unwritten.first = startedAt;
  }

  /** Notes runs, to be written later. */
  noteBetween(first: number, last: number): void {
    this.note(first);
    this.note(last);
  }

  /** Returns the times since the previous call; undefined if there was no run. */
  take(): { readonly first: number; readonly last: number } | undefined {
    const { unwritten } = this;
    this.unwritten = undefined;
    return unwritten;
  }
}
