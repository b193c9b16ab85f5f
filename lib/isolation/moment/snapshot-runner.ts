import type { QueryRunner } from 'typeorm';
import type { CandidateReads } from './candidate-reads.js';
import type { StatementGate } from '../../effects/statements/statement-gate.js';

/** Members of runners that are not in their interface. */
type Released = QueryRunner & { isReleased: boolean };

/** Runners that a reading runner needs. */
export interface ReadingRunners {
  /** Runner that sends its statements on the snapshot. */
  readonly runner: QueryRunner;
  /** Lends a runner with a connection of its own, for streams. */
  readonly lend: () => QueryRunner;
}

/**
 * Makes a runner send its statements on a candidate's snapshot. What begins and ends transactions is not sent: within a snapshot it would
 * change nothing that a reader sees.
 */
export function readOn(reads: CandidateReads, gate: StatementGate, { runner, lend }: ReadingRunners): QueryRunner {
  const query = runner.query.bind(runner);
  let streaming: Promise<QueryRunner> | undefined;
  runner.connect = () => reads.connect();
  runner.query = (...statement: Parameters<QueryRunner['query']>) => {
    const [text] = statement;
    if (runner.isReleased || typeof text !== 'string') return query(...statement);
    const { isTransactionOnly, writes } = gate.effectOf(text);
    if (isTransactionOnly && writes === undefined) return Promise.resolve<unknown>([]);
    return reads.send(text, () => query(...statement));
  };
  runner.stream = async (...statement) => {
    streaming ??= lendReading(lend());
    return (await streaming).stream(...statement);
  };
  runner.release = async () => {
    (runner as Released).isReleased = true; // the connection is the candidate's, until it settles
    await streaming?.then((one) => one.release());
  };
  return runner;
}

/** Prepares a runner for a stream, which holds its connection until it is read. It can only read, too. */
async function lendReading(runner: QueryRunner): Promise<QueryRunner> {
  await runner.query('START TRANSACTION READ ONLY');
  return runner;
}
