import { z } from 'zod';
import { CANDIDATE } from '../experiment/definition.js';
import { StudiesError } from '../base/errors.js';
import type { ExperimentContext } from '../experiment/experiment-context.js';
import { check, nameSchema } from '../experiment/validation.js';
import { addDecoratedCandidate } from './metadata.js';

/**
 * Options of `@Candidate()`.
 *
 * @publicApi
 */
export interface CandidateOptions {
  /** Name of the experiment, which a method decorated with `@Experiment()` declares. */
  experiment: string;

  /**
   * Name of the candidate, unique in the experiment.
   *
   * @default 'candidate'
   */
  name?: string;

  /** Context of this candidate's observations, merged over the experiment's. */
  context?: ExperimentContext;
}

const schema = z.strictObject({
  experiment: nameSchema,
  name: nameSchema.optional(),
  context: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Makes a provider's method a candidate of an experiment that is declared in another class. It is called with the arguments of the control,
 * and with its own instance as `this`. The provider has to be a singleton.
 *
 * @throws StudiesError when an option is wrong
 * @publicApi
 */
export function Candidate(options: CandidateOptions): MethodDecorator {
  return (target, method, descriptor) => {
    const className = typeof target === 'function' ? target.name : target.constructor.name;
    const where = `@Candidate() on ${className}.${String(method)}`;
    // A property has no descriptor, whatever the types say.
    const { value: original }: { value?: unknown } = { ...descriptor };
    if (typeof target === 'function' || typeof original !== 'function') {
      throw new StudiesError('UNSUPPORTED_METHOD', `${where}: only a method of instances can be a candidate. Decorate one.`);
    }
    const { experiment, name = CANDIDATE, context } = check(schema, options, where);
    addDecoratedCandidate(target, { method, experiment, name, context });
  };
}
