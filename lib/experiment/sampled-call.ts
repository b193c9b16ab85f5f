import { NO_CONTEXT, type ExperimentContext } from './experiment-context.js';
import type { ExperimentDefinition } from './definition.js';
import type { Draw } from './draw.js';
import { attempt, FAILED, isThenable, type FunctionHost } from '../base/user-function.js';
import type { RunStart } from './option-types.js';

/** Drawn call: its definition, instance, arguments and contexts. */
export interface SampledCall {
  readonly definition: ExperimentDefinition;
  readonly self: unknown;
  readonly args: unknown[];
  readonly context: ExperimentContext;
  /** Contexts of single behaviours, by name. */
  readonly contexts: ReadonlyMap<string, ExperimentContext>;
  /** Host of the experiment's functions. */
  readonly host: FunctionHost;
  readonly draw: Draw;
}

const NO_CONTEXTS: ReadonlyMap<string, ExperimentContext> = new Map();

/** Collects the contexts of a call from the user's options and functions. A function that fails adds nothing. */
export function describeCall(
  definition: ExperimentDefinition,
  { self, args }: Pick<SampledCall, 'self' | 'args'>,
  draw: Draw,
  host: FunctionHost,
): SampledCall {
  const { options, candidates } = definition;
  if (
    options.context.length === 0 &&
    options.contexts === undefined &&
    candidates.every(({ context }) => context === undefined)
  ) {
    return { definition, self, args, context: NO_CONTEXT, contexts: NO_CONTEXTS, host, draw };
  }
  return describeCallWithContext(definition, { self, args }, draw, host);
}

function describeCallWithContext(
  definition: ExperimentDefinition,
  { self, args }: Pick<SampledCall, 'self' | 'args'>,
  draw: Draw,
  host: FunctionHost,
): SampledCall {
  const evaluate = (option: ExperimentContext | ((...args: unknown[]) => ExperimentContext) | undefined): ExperimentContext => {
    if (typeof option !== 'function') return copyFixed(option, host);
    const given = attempt('context', host, () => {
      const given = option.apply(self, args);
      // `attempt` reports a promise.
      return isThenable(given) ? given : { ...given };
    });
    return given === FAILED ? {} : given;
  };
  const { options, candidates } = definition;
  const context = Object.freeze(options.context.map(evaluate).reduce((merged, more) => ({ ...merged, ...more }), {}));
  const contexts = new Map<string, ExperimentContext>();
  for (const { name, context: another } of [{ name: definition.control, context: undefined }, ...candidates]) {
    contexts.set(name, Object.freeze({ ...context, ...evaluate(readOwn(options.contexts, name)), ...evaluate(another) }));
  }
  return { definition, self, args, context, contexts, host, draw };
}

/** Copies a context that is no function, but may have getters. */
function copyFixed(context: ExperimentContext | undefined, host: FunctionHost): ExperimentContext {
  try {
    return { ...context };
  } catch (error) {
    host.report('context', error);
    return {};
  }
}

/** Makes the argument of `runIf` and `beforeRun`. */
export function describeStart({ definition, context, args }: SampledCall): RunStart {
  return { experiment: definition.name, context, args: Object.freeze([...args]) };
}

function readOwn<Value>(record: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
