import type { DataSource, QueryRunner, ReplicationMode } from 'typeorm';
import type { ReadMoment } from '../../experiment/ports/read-moment.js';
import type { CandidateContext } from '../../experiment/run-context.js';
import { CandidatePool, type CandidateRunners, type PoolPlace } from '../pool/candidate-pool.js';
import type { HeldConnections } from '../pool/held-connections.js';
import { CandidateReads } from './candidate-reads.js';
import { RunMoment } from './run-moment.js';
import { findDialect } from './snapshot-dialect.js';
import { readOn } from './snapshot-runner.js';
import { SnapshotSource } from './snapshot-source.js';

/** Facts about a runner that is to be lent. */
interface Lending {
  readonly held: HeldConnections;
  readonly mode: ReplicationMode;
  /** Lends a runner with a connection of its own. */
  readonly lend: () => QueryRunner;
}

/** Reads of one data source at the moments of controls. */
export class SourceReading {
  private readonly snapshots: { readonly source: SnapshotSource; readonly pool: CandidatePool } | undefined;
  private hasSaid = false;

  constructor(
    private readonly source: DataSource,
    runners: CandidateRunners,
    private readonly place: PoolPlace,
  ) {
    const dialect = findDialect(source);
    if (dialect === undefined || !(runners instanceof CandidatePool)) return;
    this.snapshots = { source: new SnapshotSource(dialect, runners, place.own), pool: runners };
  }

  /** Notes that a control sends a statement. */
  controlReads(moment: ReadMoment, runner: QueryRunner, connected: Promise<unknown>): void {
    if (this.snapshots === undefined || !(moment instanceof RunMoment)) return;
    moment.controlReads(this.snapshots.source, runner.getReplicationMode(), connected);
  }

  /** Lends a candidate a runner that reads at a moment, or later where there are no snapshots. */
  lend(candidate: CandidateContext, moment: ReadMoment, { held, mode, lend }: Lending): QueryRunner {
    if (!(moment instanceof RunMoment)) return lend();
    const lendLater = () => {
      moment.readLater(candidate);
      return lend();
    };
    if (this.snapshots === undefined) {
      this.warnOnce();
      return lendLater();
    }
    const { source, pool } = this.snapshots;
    const reads = moment.readsOf(candidate, source, () => new CandidateReads({ candidate, moment, source, held, lend }));
    return readOn(reads, pool.gate, { runner: pool.createReadingRunner(mode), lend: lendLater });
  }

  /** Ends the snapshots that no candidate has taken. */
  async close(): Promise<void> {
    await this.snapshots?.source.close();
  }

  private warnOnce(): void {
    if (this.hasSaid) return;
    this.hasSaid = true;
    this.place.say(
      `reads: "sameMoment" is not possible on ${this.source.options.type}, which gives no snapshots. Candidates read there later.`,
    );
  }
}
