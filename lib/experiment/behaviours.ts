import { CANDIDATE, CONTROL, type CandidateDefinition } from './definition.js';
import { StudiesError } from '../base/errors.js';
import { isObject } from '../values/kind-of.js';
import type { AnyFunction } from './option-types.js';

/** Behaviours of an experiment as code passes them. */
export interface Behaviours<Candidate> {
  candidate?: Candidate | undefined;
  candidates?: Readonly<Record<string, Candidate>> | undefined;
}

/** Collects the candidates by name, from `candidate` and `candidates`. Throws a StudiesError if a name is taken twice. */
export function readCandidates<Candidate>(where: string, given: Behaviours<Candidate>): Map<string, Candidate> {
  const entries = Object.entries(given.candidates ?? {});
  if (given.candidate !== undefined) entries.unshift([CANDIDATE, given.candidate]);
  const named = new Map<string, Candidate>();
  for (const [name, candidate] of entries) {
    if (named.has(name) || name === CONTROL) throw duplicateBehaviour(where, name);
    named.set(name, candidate);
  }
  return named;
}

/** Control and candidates, told apart. */
export interface Parts {
  readonly control: AnyFunction;
  readonly controlName: string;
  readonly candidates: readonly CandidateDefinition[];
}

/** Behaviours that may contain a control, or the name of the candidate that acts as one. */
type Named = Behaviours<AnyFunction> & { control?: AnyFunction | undefined; run?: string | undefined };

/**
 * Finds the control, without checking the candidates: mistakes in them don't affect it.
 *
 * @throws StudiesError if there is no control
 */
export function readControl(name: string, given: Named): AnyFunction {
  const { control } = given;
  if (control !== undefined) return requireFunction(name, CONTROL, control);
  const { run: controlName = CONTROL, candidate } = given;
  if (controlName === CANDIDATE && candidate !== undefined) return requireFunction(name, controlName, candidate);
  const candidates: unknown = given.candidates ?? {};
  const record = isObject(candidates) ? (candidates as Readonly<Record<string, AnyFunction>>) : {}; // requireFunction checks the entry
  return requireFunction(name, controlName, Object.hasOwn(record, controlName) ? record[controlName] : undefined);
}

function requireFunction(name: string, behaviour: string, given: AnyFunction | undefined): AnyFunction {
  if (typeof given === 'function') return given;
  throw new StudiesError(
    'MISSING_BEHAVIOUR',
    `Experiment "${name}" has no "${behaviour}" behaviour. ` +
      'Give a function as "control", or name in "run" the candidate whose value is to be returned.',
    { experiment: name, behaviour },
  );
}

/**
 * Tells the control from the candidates. The control is the one that is given, or else the candidate that `run` names.
 *
 * @throws StudiesError if there is no control, if there are two, or if two behaviours have one name
 */
export function readParts(name: string, given: Named): Parts {
  const where = `Experiment "${name}"`;
  const named = readCandidates(where, given);
  const controlName = given.control === undefined ? (given.run ?? CONTROL) : CONTROL;
  if (given.control !== undefined && given.run !== undefined) {
    throw duplicateBehaviour(where, CONTROL, `"run" names "${given.run}" as the control, and "control" is given too`);
  }
  const control = requireFunction(name, controlName, given.control ?? named.get(controlName));
  const candidates = [...named]
    .filter(([candidate]) => candidate !== controlName)
    .map(([candidate, source]) => ({
      name: candidate,
      source,
      call: (self: unknown, args: unknown[]): unknown => source.apply(self, args),
    }));
  return { control, controlName, candidates };
}

/** Makes the error about a behaviour that is given twice. */
export function duplicateBehaviour(where: string, name: string, detail = `two behaviours are named "${name}"`): StudiesError {
  return new StudiesError('DUPLICATE_BEHAVIOUR', `${where}: ${detail}. Give each behaviour a name of its own.`, {
    behaviour: name,
  });
}
