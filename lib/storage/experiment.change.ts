import { z } from 'zod';
import { StudiesError } from '../experiment/errors.js';
import { check, percentSchema } from '../experiment/validation.js';
import type { ExperimentChange, ExperimentRow, ExperimentSettings } from './experiment.row.js';

/** What a column of MySQL's type `text` holds. */
const SUBJECTS_BYTES = 65_535;

/** Who is always in: PostgreSQL can't store NUL, and half characters change on the way. */
const subjectSchema = z
  .string()
  .min(1)
  .max(200)
  .refine((subject) => subject.isWellFormed() && !subject.includes('\0'), 'must not have NUL or half characters');

/** The fields of a change. */
export const changeSchema = z
  .strictObject({
    percentEnabled: percentSchema,
    startsAt: z.date().nullable(),
    endsAt: z.date().nullable(),
    subjects: z
      .array(subjectSchema)
      .max(1_000)
      .refine(
        (subjects) => Buffer.byteLength(JSON.stringify(subjects)) <= SUBJECTS_BYTES,
        'must have at most 65 535 bytes as JSON',
      ),
  })
  .partial();

/**
 * Applies a change to what is stored.
 *
 * @returns all settings, as they are to be stored
 * @throws StudiesError when a field is wrong, or the end is not after the start
 */
export function changed(row: ExperimentRow, change: ExperimentChange): ExperimentSettings {
  const where = `The change of experiment "${row.name}"`;
  const {
    percentEnabled = row.percentEnabled,
    startsAt = row.startsAt,
    endsAt = row.endsAt,
    subjects = row.subjects,
  } = check(changeSchema, change, where, 'INVALID_CHANGE');
  if (startsAt !== null && endsAt !== null && endsAt <= startsAt) {
    const reason = `must be after the start, ${startsAt.toISOString()}`;
    throw new StudiesError('INVALID_CHANGE', `${where}: "endsAt" ${reason}.`, { fields: [{ field: 'endsAt', reason }] });
  }
  return { percentEnabled, startsAt, endsAt, subjects: [...new Set(subjects)] };
}
