import type { ValueTransformer } from 'typeorm';

/** What an entity holds. */
export type Columns<Entity> = { [Column in keyof Entity]: Entity[Column] };

/** A number as drivers give it: large ones and decimals as text or BigInt, and whatever an application has set up for others. */
export type RawNumber = number | string | bigint;

/** The number that a driver means. */
export function parseNumber(raw: RawNumber): number {
  return Number(raw);
}

/** Any number, whatever the application has its driver make of numbers. */
export const asNumber: ValueTransformer = {
  to: (value: number | null) => value,
  from: (value: RawNumber | null) => (value === null ? null : parseNumber(value)),
};

/**
 * Times are kept as ms since the epoch: the one form that all databases and drivers give back as it was, whatever the time
 * zones of server, session and process.
 */
export const asTime: ValueTransformer = {
  to: (value: Date | null | undefined) => value?.getTime() ?? value,
  from: (value: RawNumber | null) => (value === null ? null : new Date(parseNumber(value))),
};

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
