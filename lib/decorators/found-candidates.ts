import type { CandidateDefinition } from '../experiment/definition.js';
import { StudiesError } from '../base/errors.js';
import type { AnyFunction } from '../experiment/option-types.js';
import type { Host, ProviderEntry } from './host.js';
import { findDecoratedCandidates, type DecoratedCandidate } from './metadata.js';

/** Candidate that a class other than the control's provides. */
export interface FoundCandidate extends CandidateDefinition {
  readonly where: string;
  /** Object whose method it is. */
  readonly host: object;
}

/** Providers of one class and method. */
interface Provided {
  readonly prototype: object;
  readonly decorated: DecoratedCandidate;
  readonly entries: ProviderEntry[];
}

/**
 * Finds the candidates that classes provide for experiments of other classes. Where several modules provide one class, and so have an
 * instance each, the candidate is that of a module that has the control too, or else the first.
 *
 * @param controls providers of the control, by the experiment's name
 * @throws StudiesError if a class has no single instance
 */
export function findCandidates(
  hosts: readonly Host[],
  controls: ReadonlyMap<string, readonly ProviderEntry[]>,
): Map<string, FoundCandidate[]> {
  const found = new Map<string, FoundCandidate[]>();
  for (const { prototype, decorated, entries } of collectProvided(hosts)) {
    const { experiment, method, name, context } = decorated;
    const entry = chooseNearest(entries, controls.get(experiment) ?? []);
    const where = describe(prototype, decorated);
    const { [method]: source } = entry.instance as Record<PropertyKey, AnyFunction | undefined>; // the decorator has seen a method
    const host = entry.instance as object; // the decorator has seen a method
    const candidate = { name, context, where, host, source, call: makeCaller(entry, method) };
    found.set(experiment, [...(found.get(experiment) ?? []), candidate]);
  }
  return found;
}

function collectProvided(hosts: readonly Host[]): Iterable<Provided> {
  const provided = new Map<object, Map<PropertyKey, Provided>>();
  for (const { prototype, instance, isReplaced, entry } of hosts) {
    if (isReplaced) continue;
    for (const decorated of findDecoratedCandidates(prototype)) {
      if (instance === undefined) throw notSingleton(prototype, decorated);
      const byMethod = provided.get(prototype) ?? new Map<PropertyKey, Provided>();
      provided.set(prototype, byMethod);
      const known = byMethod.get(decorated.method);
      if (known === undefined) byMethod.set(decorated.method, { prototype, decorated, entries: [entry] });
      else known.entries.push(entry);
    }
  }
  return [...provided.values()].flatMap((byMethod) => [...byMethod.values()]);
}

function chooseNearest(entries: readonly ProviderEntry[], controls: readonly ProviderEntry[]): ProviderEntry {
  const near = entries.find(({ host }) => controls.some((control) => control.host === host));
  return near ?? (entries[0] as ProviderEntry); // there is at least one
}

/** Makes a caller that reads the instance at each call, because Nest may still be replacing it by the one that it has constructed. */
function makeCaller(entry: ProviderEntry, method: PropertyKey): CandidateDefinition['call'] {
  return (_, args): unknown => {
    const instance = entry.instance as Record<PropertyKey, AnyFunction | undefined>; // the decorator has seen a method
    const { [method]: call } = instance;
    return call?.apply(instance, args);
  };
}

/** Returns the names of experiments for which the application has replaced a candidate's class by something else. */
export function findReplacedCandidates(hosts: readonly Host[]): Set<string> {
  return new Set(
    hosts
      .filter(({ isReplaced }) => isReplaced)
      .flatMap(({ prototype }) => findDecoratedCandidates(prototype).map(({ experiment }) => experiment)),
  );
}

function describe(prototype: object, { method }: DecoratedCandidate): string {
  return `${prototype.constructor.name}.${String(method)}`;
}

function notSingleton(prototype: object, decorated: DecoratedCandidate): StudiesError {
  return new StudiesError(
    'UNSUPPORTED_METHOD',
    `${describe(prototype, decorated)} is a candidate of experiment "${decorated.experiment}", but its class is request-scoped or ` +
      'transient, so that there is no one instance to call. Make the class a singleton, or put the candidate into the class of the control.',
    { experiment: decorated.experiment },
  );
}
