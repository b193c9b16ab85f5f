import { z } from 'zod';
import { check } from '../experiment/validation.js';
import type { ExperimentRow } from './experiment-row.js';

const SORTABLE = ['name', 'percentEnabled', 'createdAt', 'updatedAt', 'firstRunAt', 'lastRunAt'] as const;
type SortKey = (typeof SORTABLE)[number];

/**
 * Names what a list is sorted by. With `-`, the largest or latest comes first.
 *
 * @publicApi
 */
export type ExperimentSort = `${'' | '-'}${'name' | 'percentEnabled' | 'createdAt' | 'updatedAt' | 'firstRunAt' | 'lastRunAt'}`;

const directions = [...SORTABLE, ...SORTABLE.map((key) => `-${key}` as const)] as const;

/** Schema of a query for experiments, as programs pass it. */
export const querySchema = z
  .strictObject({
    search: z.string().max(100).describe('Part of the name; case is ignored.'),
    enabled: z.boolean().describe('True: only those with a percentage above 0; false: only the others.'),
    firstRunAfter: z.date().describe('First run at this time or later.'),
    firstRunBefore: z.date().describe('First run before this time.'),
    lastRunAfter: z.date().describe('Last run at this time or later.'),
    lastRunBefore: z.date().describe('Last run before this time.'),
    sort: z.enum(directions).describe('Sort key; "-" in front reverses the order. Default: name.'),
    limit: z.int().min(1).max(1_000).describe('Largest number of items. Default: 100.'),
    cursor: z.string().max(2_000).describe('Start of the page: the nextCursor of the previous one, with the same sort.'),
  })
  .partial();

/**
 * Selection of experiments to list, and their order.
 *
 * @publicApi
 */
export interface ExperimentQuery {
  /** A part of the name, in upper or lower case. At most 100 characters. */
  search?: string | undefined;

  /** True: only experiments with a percentage above 0; false: only the others. */
  enabled?: boolean | undefined;

  /** The earliest first run. */
  firstRunAfter?: Date | undefined;

  /** Only experiments whose first run was before this time. */
  firstRunBefore?: Date | undefined;

  /** The earliest last run. */
  lastRunAfter?: Date | undefined;

  /** Only experiments whose last run was before this time. */
  lastRunBefore?: Date | undefined;

  /** @default 'name' */
  sort?: ExperimentSort | undefined;

  /**
   * The most experiments to give, 1 to 1 000.
   *
   * @default 100
   */
  limit?: number | undefined;

  /** The `nextCursor` of the page before, which has the same `sort`. */
  cursor?: string | undefined;
}

/**
 * A page of a list of experiments.
 *
 * @publicApi
 */
export interface ExperimentPage {
  readonly items: readonly ExperimentRow[];
  /** Pass it as `cursor` to get the next page; null on the last page. */
  readonly nextCursor: string | null;
}

/**
 * Filters, sorts and cuts a list. The cursor continues after the last item of a page, even if rows come or go meanwhile.
 *
 * @throws StudiesError `INVALID_OPTIONS` when the query or its cursor is invalid
 */
export function selectPage(rows: readonly ExperimentRow[], query: ExperimentQuery): ExperimentPage {
  const { sort = 'name', limit = 100, cursor, ...filter } = check(querySchema, query, 'The query');
  const after = cursor === undefined ? undefined : positionOf(cursor, sort);
  const compare = comparisonBy(sort);
  const found = rows
    .filter((row) => matches(row, filter))
    .map((row) => ({ row, at: { value: sortValue(row, sort), name: row.name } }))
    .filter(({ at }) => after === undefined || compare(at, after) > 0)
    .sort((a, b) => compare(a.at, b.at));
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ row }) => row),
    nextCursor: last === undefined || found.length <= limit ? null : encodeCursor(sort, last.at),
  };
}

type Filter = Omit<ExperimentQuery, 'sort' | 'limit' | 'cursor'>;

function matches(row: ExperimentRow, filter: Filter): boolean {
  const { search = '', enabled, firstRunAfter, firstRunBefore, lastRunAfter, lastRunBefore } = filter;
  return (
    row.name.toLowerCase().includes(search.toLowerCase()) &&
    (enabled === undefined || enabled === row.percentEnabled > 0) &&
    isBetween(row.firstRunAt, firstRunAfter, firstRunBefore) &&
    isBetween(row.lastRunAt, lastRunAfter, lastRunBefore)
  );
}

function isBetween(time: Date | null, after: Date | undefined, before: Date | undefined): boolean {
  if (after === undefined && before === undefined) return true;
  return time !== null && (after === undefined || time >= after) && (before === undefined || time < before);
}

/** Position of a row in an order. Names make it unique. */
interface Position {
  readonly value: string | number | null;
  readonly name: string;
}

function sortValue(row: ExperimentRow, sort: ExperimentSort): Position['value'] {
  const value = row[sortKey(sort)];
  return value instanceof Date ? value.getTime() : value;
}

function sortKey(sort: ExperimentSort): SortKey {
  return sort.replace('-', '') as SortKey; // a direction without its sign
}

function comparisonBy(sort: ExperimentSort): (a: Position, b: Position) => number {
  const sign = sort.startsWith('-') ? -1 : 1;
  return (a, b) => sign * (ordered(a.value, b.value) || ordered(a.name, b.name));
}

/** Compares two values; null comes first. */
function ordered(a: Position['value'], b: Position['value']): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}

const positionSchema = z.tuple([z.string(), z.union([z.string(), z.number(), z.null()]), z.string()]);

/** Builds a schema that accepts only a position in this order. */
const positionIn = (sort: ExperimentSort) =>
  z.custom<z.infer<typeof positionSchema>>(
    (position) => positionSchema.safeParse(position).data?.[0] === sort,
    'must be the nextCursor of a page with the same sort',
  );

function encodeCursor(sort: ExperimentSort, { value, name }: Position): string {
  return Buffer.from(JSON.stringify([sort, value, name])).toString('base64url');
}

function positionOf(cursor: string, sort: ExperimentSort): Position {
  const schema = z.object({ cursor: positionIn(sort) });
  const [, value, name] = check(schema, { cursor: decodeCursor(cursor) }, 'The query').cursor;
  return { value, name };
}

function decodeCursor(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}
