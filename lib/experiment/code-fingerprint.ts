import { createHash } from 'node:crypto';
import type { ExperimentDefinition, ResolvedOptions } from './definition.js';
import type { ExperimentOptions } from './experiment.options.js';
import type { AnyFunction } from './option-types.js';

/** Length of a fingerprint, in hexadecimal digits. */
const LENGTH = 16;

/** Levels of objects in an option that are described. */
const DEPTH = 5;

/** Options that change neither which values are compared nor what counts as a difference. All others are part of the fingerprint. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set<keyof ResolvedOptions | keyof ExperimentOptions>([
  'percentEnabled',
  'context',
  'contexts',
  'beforeRun',
  'afterRun',
  'diff',
  'redact',
  'redactDefaults',
  'redaction',
  'ignored',
  'maxConcurrent',
  'raiseOnMismatch',
  'raiseWith',
  'noise',
  'record',
  'recordValues',
]);

/** Code of an experiment: its behaviours, and the options that decide what is compared, as texts. */
export class ExperimentCode {
  private texts: readonly string[] | undefined;
  private hash = '';

  /** Takes the texts of functions, which costs little. Hashing them costs more, and is left for later. */
  constructor({ control: name, candidates, options }: ExperimentDefinition, control: AnyFunction) {
    const behaviours = candidates.map((candidate) => [candidate.name, describe(candidate.source)]).sort(byName);
    const rules = Object.entries(options).filter(([option, value]) => value !== undefined && !WITHOUT_EFFECT.has(option));
    const described = rules.map(([option, value]) => [option, describe(value)]).sort(byName);
    this.texts = [name, describe(control), ...behaviours.flat(), ...described.flat()];
  }

  /** Hash of the code. */
  get fingerprint(): string {
    if (this.texts !== undefined) this.hash = hashTexts(this.texts);
    this.texts = undefined;
    return this.hash;
  }
}

/** Returns the fingerprint of texts, in their order. */
export function hashTexts(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, LENGTH);
}

/**
 * Describes an option or a behaviour: a function by its source, a prototype by that of its class, and an object by its properties.
 *
 * @param depth number of levels of objects to look into
 */
function describe(value: unknown, depth = DEPTH): string {
  try {
    return describeParts(value, depth);
  } catch {
    // A getter of the user's may throw.
    return '…';
  }
}

function describeParts(value: unknown, depth: number): string {
  if (typeof value === 'function') return Function.prototype.toString.call(value);
  if (typeof value !== 'object' || value === null) return `${typeof value} ${String(value)}`;
  const maker: unknown = Object.getOwnPropertyDescriptor(value, 'constructor')?.value;
  if (typeof maker === 'function') return Function.prototype.toString.call(maker);
  if (depth === 0) return '…';
  return JSON.stringify(Object.entries(value).map(([key, part]) => [key, describe(part, depth - 1)]));
}

function byName([one = '']: string[], [other = '']: string[]): number {
  return one < other ? -1 : 1;
}
