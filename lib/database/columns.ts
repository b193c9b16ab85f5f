import type { ValueTransformer } from 'typeorm';

/** Data properties of an entity. */
export type Columns<Entity> = { [Column in keyof Entity]: Entity[Column] };

/** A number as drivers return it: large ones and decimals as text or BigInt, and others as the application has configured. */
export type RawNumber = number | string | bigint;

/** Converts a driver's number. */
export function parseNumber(raw: RawNumber): number {
  return Number(raw);
}

/** Transforms any number, however the application has configured its driver's numbers. */
export const asNumber: ValueTransformer = {
  to: (value: number | null) => value,
  from: (value: RawNumber | null) => (value === null ? null : parseNumber(value)),
};

/**
 * Transforms times to ms since the epoch. It is the one form that all databases and drivers return unchanged, regardless of the
 * time zones of server, session and process.
 */
export const asTime: ValueTransformer = {
  to: (value: Date | null | undefined) => value?.getTime() ?? value,
  from: (value: RawNumber | null) => (value === null ? null : new Date(parseNumber(value))),
};

/** Transforms a value to JSON. */
export const asJson: ValueTransformer = {
  to: (value: unknown) => JSON.stringify(value),
  from: (value: string) => JSON.parse(value) as unknown, // written by this library
};

/** Transforms a record to JSON; null stands for an empty one. */
export const asRecord: ValueTransformer = {
  to: (value: object) => (Object.keys(value).length === 0 ? null : JSON.stringify(value)),
  from: (value: string | null) => (value === null ? {} : (JSON.parse(value) as object)), // written by this library
};

/** Transforms a list to JSON; null stands for an empty one. */
export const asList: ValueTransformer = {
  to: (value: readonly unknown[]) => (value.length === 0 ? null : JSON.stringify(value)),
  from: (value: string | null) => (value === null ? [] : (JSON.parse(value) as unknown[])), // written by this library
};
