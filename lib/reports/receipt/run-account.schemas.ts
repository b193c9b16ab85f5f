import { z } from 'zod';
import { UNCOMPARED, type RunAccount, type UncomparedPart } from '../run-account.js';

const count = z.int().min(0);

const parts = Object.entries(UNCOMPARED).map(([part, which]) => [part, count.describe(`Runs ${which}.`)] as const);

/** Shape of the parts of an account other than the compared runs. */
export const uncomparedShape = Object.fromEntries(parts) as Readonly<Record<UncomparedPart, z.ZodInt>>; // of its own keys

/** Schema of what became of the runs of a candidate. */
export const accountSchema = z
  .strictObject({ compared: count.describe('Runs that compared something, which the verdict rests on.'), ...uncomparedShape })
  .describe('What became of the runs. The numbers add up to those of all outcomes.') satisfies z.ZodType<RunAccount>;
