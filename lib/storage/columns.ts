import type { ValueTransformer } from 'typeorm';

/** What an entity holds. */
export type Columns<Entity> = { [Column in keyof Entity]: Entity[Column] };

/** MySQL and PostgreSQL give decimals and 64-bit integers as text. */
export const asNumber: ValueTransformer = {
  to: (value: number | null) => value,
  from: (value: number | string | null) => (value === null ? null : Number(value)),
};

/**
 * Times are kept as ms since the epoch: the one form that all databases and drivers give back as it was, whatever the time
 * zones of server, session and process.
 */
export const asTime: ValueTransformer = {
  to: (value: Date | null | undefined) => value?.getTime() ?? value,
  from: (value: number | string | null) => (value === null ? null : new Date(Number(value))),
};

/** A number for which nothing stands in rows that an earlier version of the library has made. */
export function numberOr(missing: number): ValueTransformer {
  return { to: (value: number) => value, from: (value: number | string | null) => (value === null ? missing : Number(value)) };
}

/** What JSON can hold, as JSON. */
export const asJson: ValueTransformer = {
  to: (value: unknown) => JSON.stringify(value),
  from: (value: string) => JSON.parse(value) as unknown, // of our own
};

/** A record as JSON; nothing stands for an empty one. */
export const asRecord: ValueTransformer = {
  to: (value: object) => (Object.keys(value).length === 0 ? null : JSON.stringify(value)),
  from: (value: string | null) => (value === null ? {} : (JSON.parse(value) as object)), // of our own
};

/** A list as JSON; nothing stands for an empty one. */
export const asList: ValueTransformer = {
  to: (value: readonly unknown[]) => (value.length === 0 ? null : JSON.stringify(value)),
  from: (value: string | null) => (value === null ? [] : (JSON.parse(value) as unknown[])), // of our own
};
