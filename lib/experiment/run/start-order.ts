import type { CandidateFinding, Finding, OrderedRun } from '../ordered-run.js';

/** Most runs that may wait for an earlier one. */
const MOST_WAITING = 1_024;

/** Runs for which room is made first. */
const FIRST_ROOM = 16;

/** Time after a candidate's timeout for which later runs wait for one, in ms: its control may never settle. */
const PATIENCE = 60_000;

/** Place of a run that is no evidence. */
export const NOT_IN_ORDER = -1;

/** Bits of a code that name the finding; the others name the candidate. */
const FINDING_BITS = 3;

/** Flags of a place. */
const SETTLED = 1;
const HAS_SUBJECT = 2;
const IS_FOR_ALL = 4;
const IS_EVIDENCE = 8;

const FINDINGS: readonly Finding[] = ['same', 'differs', 'excused', 'bothThrew', 'nothingLeft'];

/** Code of no candidate. */
const NOBODY = 0xffff;

/**
 * Hands runs on in the order in which they were started: a run waits until all that were started before have settled. So a candidate that
 * hangs counts before the thousands of quick runs that came after it, and not when most have been judged. It keeps numbers alone of runs
 * that wait. Whether a run takes part is decided when it starts, by what has happened until then, never by how it ends.
 */
export class StartOrder {
  /** Place of the earliest run that has not settled, and of the next to start. */
  private head = 0;
  private next = 0;
  /** Most runs that were under way since nobody waited. */
  private most = 0;
  private room = 0;
  private width = 1;
  private flags = new Uint8Array(0);
  /** Starts, in seconds since the epoch. */
  private starts = new Uint32Array(0);
  private inputs = new Uint32Array(0);
  private subjects = new Uint32Array(0);
  private codes = new Uint16Array(0);
  private readonly candidates: string[] = [];

  /**
   * @param take receives runs in order; must not throw
   * @param ignoredPaths fields that comparisons of these runs leave out because of an operator
   */
  constructor(
    private readonly take: (run: OrderedRun) => void,
    readonly ignoredPaths: readonly string[] = [],
  ) {}

  /**
   * Notes that a run starts.
   *
   * @param startedAt ms since the epoch
   * @param timeout timeout of its candidates, in ms
   * @returns its place in the order, or `NOT_IN_ORDER`
   */
  begin(startedAt: number, timeout: number): number {
    if (this.head < this.next) this.giveUp(startedAt - timeout - PATIENCE);
    const waiting = this.next - this.head;
    if (waiting >= this.most) this.most = waiting + 1;
    if (waiting >= MOST_WAITING) return NOT_IN_ORDER;
    if (waiting >= this.room) this.makeRoom(Math.max(FIRST_ROOM, this.room * 2), this.width);
    const place = this.next;
    const at = place % this.room;
    this.flags[at] = 0;
    this.starts[at] = Math.floor(startedAt / 1_000);
    this.next += 1;
    return place;
  }

  /**
   * Notes that a run has settled.
   *
   * @param run what it shows; undefined if it has no result
   * @returns false if it comes too late, because runs that waited for it were handed on already
   */
  settle(place: number, run: Omit<OrderedRun, 'startedAt'> | undefined): boolean {
    if (place < this.head) return false;
    if (place > this.head) {
      this.keep(place, run);
      return true;
    }
    const startedAt = this.startAt(place % this.room);
    this.head += 1;
    if (run !== undefined) {
      const { input, subject, isForAll, findings } = run;
      this.take({ startedAt, input, subject, isForAll, findings });
    }
    this.handOn();
    return true;
  }

  private keep(place: number, run: Omit<OrderedRun, 'startedAt'> | undefined): void {
    if (run === undefined) {
      this.flags[place % this.room] = SETTLED;
      return;
    }
    const { input, subject, isForAll, findings } = run;
    if (findings.length > this.width) this.makeRoom(this.room, findings.length);
    const at = place % this.room;
    this.flags[at] = SETTLED | IS_EVIDENCE | (subject === undefined ? 0 : HAS_SUBJECT) | (isForAll ? IS_FOR_ALL : 0);
    this.inputs[at] = input;
    this.subjects[at] = subject ?? 0;
    for (let index = 0; index < this.width; index += 1) {
      const known = findings[index];
      this.codes[at * this.width + index] = known === undefined ? NOBODY : this.encode(known);
    }
  }

  private handOn(): void {
    while (this.head < this.next) {
      const at = this.head % this.room;
      const flags = this.flags[at] ?? 0;
      if ((flags & SETTLED) === 0) return;
      this.head += 1;
      if ((flags & IS_EVIDENCE) !== 0) this.take(this.runAt(at, flags));
    }
    // Nobody waits. What an earlier rush needed is given back, once much less is needed.
    this.candidates.length = 0;
    if (this.room > FIRST_ROOM && this.most * 4 <= this.room) this.room = 0;
    this.most = 0;
  }

  private runAt(at: number, flags: number): OrderedRun {
    const codes = this.codes.subarray(at * this.width, (at + 1) * this.width);
    const findings: CandidateFinding[] = [];
    for (const code of codes) if (code !== NOBODY) findings.push(this.decode(code));
    return {
      startedAt: this.startAt(at),
      input: this.inputs[at] ?? 0,
      subject: (flags & HAS_SUBJECT) === 0 ? undefined : this.subjects[at],
      isForAll: (flags & IS_FOR_ALL) !== 0,
      findings,
    };
  }

  /** Waits no longer for runs that were started before a time, in ms since the epoch. */
  private giveUp(before: number): void {
    while (this.head < this.next) {
      const at = this.head % this.room;
      if (this.startAt(at) >= before) return;
      this.flags[at] = SETTLED;
      this.handOn();
    }
  }

  /** Returns a start in ms since the epoch, to the second. */
  private startAt(at: number): number {
    return (this.starts[at] ?? 0) * 1_000;
  }

  private encode({ candidate, finding }: CandidateFinding): number {
    let index = this.candidates.indexOf(candidate);
    if (index < 0) index = this.candidates.push(candidate) - 1;
    return (index << FINDING_BITS) | FINDINGS.indexOf(finding);
  }

  private decode(code: number): CandidateFinding {
    const candidate = this.candidates[code >> FINDING_BITS] ?? '';
    return { candidate, finding: FINDINGS[code & ((1 << FINDING_BITS) - 1)] ?? 'nothingLeft' };
  }

  /** Makes room for so many runs of so many candidates each. */
  private makeRoom(room: number, width: number): void {
    const before = { room: this.room, width: this.width, flags: this.flags, starts: this.starts, inputs: this.inputs };
    const { subjects, codes } = this;
    this.room = room;
    this.width = width;
    this.flags = new Uint8Array(room);
    this.starts = new Uint32Array(room);
    this.inputs = new Uint32Array(room);
    this.subjects = new Uint32Array(room);
    this.codes = new Uint16Array(room * width).fill(NOBODY);
    for (let place = this.head; place < this.next; place += 1) {
      const [from, to] = [place % before.room, place % room];
      this.flags[to] = before.flags[from] ?? 0;
      this.starts[to] = before.starts[from] ?? 0;
      this.inputs[to] = before.inputs[from] ?? 0;
      this.subjects[to] = subjects[from] ?? 0;
      for (let index = 0; index < before.width; index += 1)
        this.codes[to * width + index] = codes[from * before.width + index] ?? NOBODY;
    }
  }
}
