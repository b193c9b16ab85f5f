import { z } from 'zod';
import { StudiesError } from '../base/errors.js';
import { guardrailsSchema, type Guardrails } from '../experiment/guardrails.js';
import { check, ignorePathsSchema, percentSchema } from '../experiment/validation.js';
import type { ExperimentChange, ExperimentRow, ExperimentSettings } from '../storage/experiment-row.js';

/** Size of a MySQL column of type `text`, in bytes. */
const LIST_BYTES = 65_535;
const TOO_LONG = 'must have at most 65 535 bytes as JSON';

/** Schema of a subject. PostgreSQL can't store NUL, and lone surrogates don't survive encoding. */
const subjectSchema = z
  .string()
  .min(1)
  .max(200)
  .refine((subject) => subject.isWellFormed() && !subject.includes('\0'), 'must not have NUL or half characters');

/** Decides whether a list fits into a column of text. */
const fitting = (list: readonly string[]) => Buffer.byteLength(JSON.stringify(list)) <= LIST_BYTES;

const share = (min: number, max: number) =>
  z
    .number()
    .min(min)
    .max(max)
    .refine((value) => Math.abs(Math.round(value * 1e6) - value * 1e6) < 1e-6, 'must have at most six decimals');

/** Schema of a change. */
export const changeSchema = z
  .strictObject({
    percentEnabled: percentSchema,
    startsAt: z.date().nullable(),
    endsAt: z.date().nullable(),
    subjects: z.array(subjectSchema).max(1_000).refine(fitting, TOO_LONG),
    targetRate: share(0.000001, 0.5),
    confidence: share(0.5, 0.999999),
    minSpan: z.int().min(0).max(8_784),
    ignorePaths: ignorePathsSchema.refine(fitting, TOO_LONG),
    guardrails: guardrailsSchema,
  })
  .partial();

/**
 * Checks the parts of a change that don't depend on the experiment's row.
 *
 * @throws StudiesError `INVALID_CHANGE`
 */
export function checkChange(name: string, change: ExperimentChange): z.infer<typeof changeSchema> {
  return check(changeSchema, change, describeTarget(name), 'INVALID_CHANGE');
}

/**
 * Applies a change to a stored row.
 *
 * @returns all settings, as they are to be stored
 * @throws StudiesError `INVALID_CHANGE` when a field is invalid, or the end is not after the start
 */
export function applyChange(row: ExperimentRow, change: ExperimentChange): ExperimentSettings {
  const {
    percentEnabled = row.percentEnabled,
    startsAt = row.startsAt,
    endsAt = row.endsAt,
    subjects = row.subjects,
    targetRate = row.targetRate,
    confidence = row.confidence,
    minSpan = row.minSpan,
    ignorePaths = row.ignorePaths,
    guardrails = row.guardrails,
  } = checkChange(row.name, change);
  if (startsAt !== null && endsAt !== null && endsAt <= startsAt) {
    const reason = `must be after the start, ${startsAt.toISOString()}`;
    throw new StudiesError('INVALID_CHANGE', `${describeTarget(row.name)}: "endsAt" ${reason}.`, {
      fields: [{ field: 'endsAt', reason }],
    });
  }
  return {
    percentEnabled,
    startsAt,
    endsAt,
    subjects: [...new Set(subjects)],
    targetRate,
    confidence,
    minSpan,
    ignorePaths: [...new Set(ignorePaths)],
    guardrails: withoutOmitted(guardrails),
    // Turning it on again acknowledges the halt.
    haltedAt: percentEnabled > 0 ? null : row.haltedAt,
    haltReason: percentEnabled > 0 ? null : row.haltReason,
  };
}

function describeTarget(name: string): string {
  return `The change of experiment "${name}"`;
}

/** Returns the guardrails without omitted limits. */
function withoutOmitted(guardrails: z.infer<typeof guardrailsSchema>): Partial<Guardrails> {
  return Object.fromEntries(Object.entries(guardrails).filter(([, limit]) => limit !== undefined));
}
