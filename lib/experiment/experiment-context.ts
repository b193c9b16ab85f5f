import { toCheckedJsonValue, toJsonValue, type JsonValue } from '../values/json-value.js';
import type { Redaction } from '../values/redaction/redaction.js';

/**
 * Data about a run besides its values, such as `{ userId }`.
 *
 * @publicApi
 */
export type ExperimentContext = Readonly<Record<string, unknown>>;

/** Context of runs that have none. */
export const NO_CONTEXT: ExperimentContext = Object.freeze({});

/** Prepares a context for publication: replaces entities, and returns a frozen copy if anything is redacted, or can't be looked into. */
export function prepareContext(
  context: ExperimentContext,
  redaction: Redaction | undefined,
  withoutEntities: (context: unknown) => unknown,
): ExperimentContext {
  if (context === NO_CONTEXT) return context;
  const told = Object.values(context).some(canHold) ? (withoutEntities(context) as ExperimentContext) : context; // a record stays one
  if (redaction === undefined) return Object.freeze(told);
  const { plain, isWhole } = toCheckedJsonValue(told, redaction);
  return isWhole ? Object.freeze(told) : (plain as ExperimentContext); // a record becomes one
}

/** Converts a context that `prepareContext` has prepared to JSON. */
export function plainContext(context: ExperimentContext, redaction: Redaction | undefined): JsonValue {
  return toJsonValue(context, redaction);
}

/** Decides whether a value can hold others. */
export function canHold(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
