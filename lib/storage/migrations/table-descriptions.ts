import type { TableColumnOptions } from 'typeorm';
import { CHANGE_TABLE, EPOCH_TABLE, EXPERIMENT_TABLE, SAMPLE_TABLE, TALLY_TABLE, WRITER_TABLE } from '../../database/tables.js';

/** A table as a migration creates it. */
export interface TableDescription {
  /** Name of the entity's class. */
  readonly entity: string;
  /** Name of the table in the entity's decorator. */
  readonly table: string;
  /** Columns by the entity's properties, with their names in the decorators. */
  readonly columns: Readonly<Record<string, TableColumnOptions>>;
  readonly index: { readonly properties: readonly string[]; readonly isUnique: boolean };
}

const int = (name: string): TableColumnOptions => ({ name, type: 'integer' });
const bigint = (name: string): TableColumnOptions => ({ name, type: 'bigint' });
const text = (name: string): TableColumnOptions => ({ name, type: 'text' });
const varchar = (name: string, length: number): TableColumnOptions => ({ name, type: 'varchar', length: String(length) });
const decimal = (name: string, precision: number, scale: number): TableColumnOptions => ({
  name,
  type: 'decimal',
  precision,
  scale,
});
const nullable = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true });
const key = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isPrimary: true });
const generated = (column: TableColumnOptions): TableColumnOptions => ({
  ...key(column),
  isGenerated: true,
  generationStrategy: 'increment',
});

const EXPERIMENT: TableDescription = {
  entity: 'ExperimentEntity',
  table: EXPERIMENT_TABLE,
  columns: {
    id: generated(int('id')),
    name: varchar('name', 100),
    percentEnabled: decimal('percent_enabled', 5, 2),
    startsAt: nullable(bigint('starts_at')),
    endsAt: nullable(bigint('ends_at')),
    subjects: text('subjects'),
    targetRate: decimal('target_rate', 7, 6),
    confidence: decimal('confidence', 7, 6),
    minSpan: int('min_span'),
    ignorePaths: nullable(text('ignore_paths')),
    guardrails: nullable(text('guardrails')),
    haltedAt: nullable(bigint('halted_at')),
    haltReason: nullable(varchar('halt_reason', 500)),
    purges: int('purges'),
    version: int('version'),
    createdAt: bigint('created_at'),
    updatedAt: bigint('updated_at'),
    firstRunAt: nullable(bigint('first_run_at')),
    lastRunAt: nullable(bigint('last_run_at')),
    seenAt: nullable(bigint('seen_at')),
  },
  index: { properties: ['name'], isUnique: true },
};

const TALLY: TableDescription = {
  entity: 'TallyEntity',
  table: TALLY_TABLE,
  columns: {
    experimentId: key(int('experiment_id')),
    epoch: key(int('epoch')),
    tier: key(varchar('tier', 6)),
    startsAt: key(bigint('starts_at')),
    candidate: key(varchar('candidate', 100)),
    writer: key(int('writer')),
    firstAt: nullable(bigint('first_at')),
    lastAt: nullable(bigint('last_at')),
    runs: bigint('runs'),
    matched: bigint('matched'),
    mismatched: bigint('mismatched'),
    ignored: bigint('ignored'),
    errored: bigint('errored'),
    timedOut: bigint('timed_out'),
    drifted: bigint('drifted'),
    reads: nullable(text('read_times')),
    skipped: nullable(text('skipped')),
    refused: nullable(text('refused')),
    controlTimes: nullable(text('control_times')),
    candidateTimes: nullable(text('candidate_times')),
    deltas: nullable(text('deltas')),
    speedups: nullable(text('speedups')),
    differences: nullable(text('differences')),
    evidence: nullable(text('evidence')),
  },
  index: { properties: ['tier', 'startsAt'], isUnique: false },
};

const SAMPLE: TableDescription = {
  entity: 'RecordedResultEntity',
  table: SAMPLE_TABLE,
  columns: {
    id: key(varchar('id', 16)),
    experimentId: int('experiment_id'),
    epoch: int('epoch'),
    candidate: varchar('candidate', 100),
    outcome: varchar('outcome', 10),
    ranAt: bigint('ran_at'),
    controlDid: text('control_did'),
    candidateDid: text('candidate_did'),
    context: text('context'),
    differences: text('differences'),
    diff: nullable(text('diff')),
  },
  index: { properties: ['experimentId', 'id'], isUnique: false },
};

const EPOCH: TableDescription = {
  entity: 'EpochEntity',
  table: EPOCH_TABLE,
  columns: {
    number: generated(int('id')),
    experimentId: int('experiment_id'),
    purges: int('purges'),
    release: varchar('release_name', 100),
    fingerprint: varchar('fingerprint', 16),
    salt: varchar('salt', 32),
    begunAt: bigint('begun_at'),
    seenAt: bigint('seen_at'),
  },
  index: { properties: ['experimentId', 'purges', 'release', 'fingerprint'], isUnique: true },
};

const WRITER: TableDescription = {
  entity: 'WriterEntity',
  table: WRITER_TABLE,
  columns: {
    id: generated(int('id')),
    owner: nullable(varchar('owner', 36)),
    beat: int('beat'),
  },
  index: { properties: ['owner'], isUnique: true },
};

const CHANGE: TableDescription = {
  entity: 'ChangeEntity',
  table: CHANGE_TABLE,
  columns: {
    id: key(varchar('id', 16)),
    experiment: varchar('experiment', 100),
    at: bigint('changed_at'),
    kind: varchar('kind', 10),
    actor: nullable(varchar('actor', 200)),
    before: text('settings_before'),
    after: text('settings_after'),
    reason: nullable(varchar('reason', 500)),
  },
  index: { properties: ['experiment', 'id'], isUnique: false },
};

/** Tables that the first migration creates. */
export const TABLES: readonly TableDescription[] = [EXPERIMENT, TALLY, SAMPLE, EPOCH, WRITER, CHANGE];
