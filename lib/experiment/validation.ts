import { z } from 'zod';
import { StudiesError, type StudiesErrorCode } from '../base/errors.js';
import type { ExperimentContext } from './experiment-context.js';
import { fieldPathProblem } from '../values/field-path.js';
import type { ExperimentOptions } from './experiment.options.js';
import type { AnyClass, AnyFunction, ClassEquality, IgnoreDifference, RunOrder } from './option-types.js';
import { redactPathProblem } from '../values/redaction/redaction.js';

/** Schema of an experiment's name, which has to fit into addresses and into databases of many kinds. */
export const nameSchema = z
  .string()
  .min(1)
  .max(100)
  .refine((name) => name.isWellFormed() && !/\p{Cc}/u.test(name), 'must not have control characters or half characters')
  .refine((name) => name === name.trim(), 'must not begin or end with white space')
  .refine((name) => name !== '.' && name !== '..', 'must not be "." or "..", which no address can hold');

/** Schema of a share in percent. */
export const percentSchema = z
  .number()
  .min(0)
  .max(100)
  .refine((percent) => Math.round(percent * 100) / 100 === percent, 'must have at most two decimals');

const fn = <Fn extends AnyFunction>() => z.custom<Fn>((value) => typeof value === 'function', 'must be a function');
const contextSchema = z.custom<ExperimentContext | AnyFunction>(
  (value) => typeof value === 'function' || (typeof value === 'object' && value !== null && !Array.isArray(value)),
  'must be an object or a function',
);

/** Makes the schema of texts in which a function finds no problem. */
const textWithout = (problemOf: (text: string) => string | undefined) =>
  z.string().superRefine((text, context) => {
    const message = problemOf(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** Schema of the paths of `redact`. */
export const redactSchema = z.array(textWithout(redactPathProblem));

/** Schema of the paths of `ignorePaths`. */
export const ignorePathsSchema = z.array(textWithout(fieldPathProblem)).max(200);

const classSchema = z.custom<AnyClass>(
  (value) => typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null,
  'must be a class',
);

/** Schema of the rules of `equality`. */
export const equalitySchema = z.union(
  [z.literal('structural'), z.array(z.union([z.literal('structural'), z.tuple([classSchema, fn<ClassEquality[1]>()])])).max(100)],
  `must be 'structural', or a list of pairs such as [Money, (one, other) => one.equals(other)]`,
);

/** Schemas of an experiment's options, by name. */
export const optionShape = {
  percentEnabled: percentSchema,
  subject: fn(),
  context: contextSchema,
  contexts: z.record(z.string(), contextSchema),
  runIf: fn(),
  beforeRun: fn(),
  afterRun: fn(),
  compare: fn(),
  equality: equalitySchema,
  compareErrors: fn(),
  ignore: z.union([fn<IgnoreDifference>(), z.array(fn<IgnoreDifference>())]),
  ignorePaths: ignorePathsSchema,
  diff: fn(),
  clean: fn(),
  redact: redactSchema,
  redactDefaults: z.boolean(),
  mode: z.enum(['shadow', 'parallel', 'serial']),
  order: z.union([z.enum(['random', 'controlFirst', 'controlLast']), fn<Extract<RunOrder, AnyFunction>>()]),
  timeout: z.int().min(1).max(2_147_483_647),
  maxConcurrent: z.int().min(1),
  isolate: z.enum(['copy', 'none']),
  copyBudget: z.number().min(0.01).max(1_000),
  compareBudget: z.number().min(1).max(60_000),
  candidateArgs: fn(),
  share: z.array(classSchema),
  coverage: fn(),
  inTransaction: z.enum(['skip', 'detached']),
  writes: z.enum(['refuse', 'allow']),
  reads: z.enum(['sameMoment', 'later']),
  raiseOnMismatch: z.boolean(),
  raiseWith: fn(),
  recheck: z.boolean(),
  noise: percentSchema,
  record: z.boolean(),
  recordValues: z.boolean(),
} satisfies { [Option in keyof Required<ExperimentOptions>]: z.ZodType };

/** Schema of an experiment's options. None is required, and unknown ones are refused. */
export const optionsSchema = z.strictObject(optionShape).partial();

/** Schema of an experiment in the middle of code: its behaviours and its options. */
export const runSchema = z.strictObject({
  ...optionsSchema.shape,
  name: nameSchema,
  control: fn().optional(),
  candidate: fn().optional(),
  candidates: z.record(nameSchema, fn()).optional(),
  run: z.string().optional(),
});

/** Field of an input that is not valid. */
export interface FieldError {
  /** Path of the field, such as `percentEnabled` or `subjects[3]`; empty for the input as a whole. */
  readonly field: string;
  readonly reason: string;
}

/**
 * Checks an input against a schema.
 *
 * @param where what the input is for, in the words of the application's code. It begins the message
 * @throws StudiesError with all the fields that are wrong, and why
 */
export function check<Output>(
  schema: z.ZodType<Output>,
  input: unknown,
  where: string,
  code: StudiesErrorCode = 'INVALID_OPTIONS',
): Output {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = fieldErrors(parsed.error);
  const problems = fields.map(({ field, reason }) => (field === '' ? reason : `"${field}" ${reason}`)).join('; ');
  throw new StudiesError(code, `${where}: ${problems}.`, { fields });
}

function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.flatMap((issue) => {
    const field = z.core.toDotPath(issue.path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ field: field === '' ? key : `${field}.${key}`, reason: 'is not known' }));
    }
    return [{ field, reason: describeIssue(issue) }];
  });
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const text = issue.message.replace(/\.$/, '');
  return text.startsWith('must ') ? text : `is wrong: ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
