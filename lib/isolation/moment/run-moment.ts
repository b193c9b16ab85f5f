import type { ReplicationMode } from 'typeorm';
import type { ReadTime } from '../../experiment/read-time.js';
import type { ReadMoment } from '../../experiment/ports/read-moment.js';
import type { CandidateContext } from '../../experiment/run-context.js';
import type { OwnContext } from '../../base/own-context.js';
import type { Snapshot } from './snapshot.js';
import type { SnapshotSource } from './snapshot-source.js';

/** Reads of a candidate from one data source. */
export interface Reads {
  /** Time at which it has read; undefined if it has read nothing. */
  readonly time: ReadTime | undefined;
  /** Ends it. */
  end(): void;
}

/** Moment at which the candidates of one run read. Each has a snapshot of its own in each data source. */
export class RunMoment implements ReadMoment {
  /** Snapshots that no candidate has taken, by data source. */
  private readonly snapshots = new Map<SnapshotSource, Promise<Snapshot | undefined>[]>();
  private readonly reads = new Map<object, Map<SnapshotSource, Reads>>();
  private readonly late = new Set<object>();
  private readonly settledCandidates = new Set<object>();
  private isSettled = false;

  constructor(
    private readonly readers: number,
    readonly timeout: number,
    private readonly own: OwnContext,
  ) {}

  /**
   * Takes the snapshots of a data source when the control sends its first statement there.
   *
   * @param mode whether the statement goes to the primary or to a replica
   * @param connected resolves when the control's connection is there, and the statement is about to be sent
   */
  controlReads(source: SnapshotSource, mode: ReplicationMode, connected: Promise<unknown>): void {
    if (this.isSettled || this.snapshots.has(source)) return;
    const sent = this.own.run(() =>
      connected.then(
        // By the next tick, the control's statement has been sent.
        () => new Promise<number>((resolve) => process.nextTick(resolve, performance.now())),
        () => undefined,
      ),
    );
    const begin = (since: number | undefined) => (since === undefined ? undefined : source.begin(mode, this.timeout, since));
    const begun = this.own.run(() => Array.from({ length: this.readers }, () => sent.then(begin)));
    this.snapshots.set(source, begun);
  }

  controlSettled(): void {
    this.isSettled = true;
  }

  /** Returns the snapshot for a candidate, or a promise of it; undefined if there is none. */
  take(source: SnapshotSource): Promise<Snapshot | undefined> | undefined {
    return this.snapshots.get(source)?.shift();
  }

  /** Returns what a candidate reads of a data source, which is made at the first call. */
  readsOf<Made extends Reads>(candidate: CandidateContext, source: SnapshotSource, make: () => Made): Made {
    let ofCandidate = this.reads.get(candidate);
    if (ofCandidate === undefined) this.reads.set(candidate, (ofCandidate = new Map<SnapshotSource, Reads>()));
    let reads = ofCandidate.get(source);
    if (reads === undefined) {
      ofCandidate.set(source, (reads = make()));
      // Work that a candidate has left behind would hold the connection for ever.
      if (this.settledCandidates.has(candidate)) reads.end();
    }
    return reads as Made; // there is one kind of reads
  }

  /** Notes that a candidate reads where there are no snapshots. */
  readLater(candidate: CandidateContext): void {
    this.late.add(candidate);
  }

  timeOf(candidate: object): ReadTime | undefined {
    const times = [...(this.reads.get(candidate)?.values() ?? [])].map(({ time }) => time);
    if (this.late.has(candidate) || times.includes('later')) return 'later';
    return times.includes('sameMoment') ? 'sameMoment' : undefined;
  }

  /** Ends a candidate's snapshots. */
  settled(candidate: CandidateContext): void {
    this.settledCandidates.add(candidate);
    for (const reads of this.reads.get(candidate)?.values() ?? []) reads.end();
  }

  end(): void {
    this.isSettled = true;
    for (const list of this.snapshots.values()) {
      for (const taken of list.splice(0)) void taken.then((snapshot) => snapshot?.end());
    }
  }
}
