import 'reflect-metadata';
import type { ExperimentContext } from '../experiment/experiment-context.js';
import type { MethodDeclaration } from './method-declaration.js';

/** Method that is a candidate of an experiment declared elsewhere. */
export interface DecoratedCandidate {
  readonly method: string | symbol;
  readonly experiment: string;
  readonly name: string;
  readonly context?: ExperimentContext | undefined;
}

const METHODS = Symbol('nestjs-studies:methods');
const CANDIDATES = Symbol('nestjs-studies:candidates');

/** Adds a decorated method to the metadata of its class. */
export function addDecoratedMethod(prototype: object, declaration: MethodDeclaration): void {
  add(METHODS, prototype, declaration);
}

/** Adds a decorated candidate to the metadata of its class. */
export function addDecoratedCandidate(prototype: object, decorated: DecoratedCandidate): void {
  add(CANDIDATES, prototype, decorated);
}

/** Returns the decorated methods of a class, without inherited ones. */
export function findOwnDecoratedMethods(prototype: object): readonly MethodDeclaration[] {
  return readOwn<MethodDeclaration>(METHODS, prototype);
}

/** Returns the decorated methods of a class and of its parent classes. */
export function findDecoratedMethods(prototype: object): MethodDeclaration[] {
  return readInherited<MethodDeclaration>(METHODS, prototype);
}

/** Returns the decorated candidates of a class and of its parent classes. An overridden one counts once. */
export function findDecoratedCandidates(prototype: object): DecoratedCandidate[] {
  const byMethod = new Map(
    readInherited<DecoratedCandidate>(CANDIDATES, prototype).map((candidate) => [candidate.method, candidate]),
  );
  return [...byMethod.values()];
}

function add(key: symbol, prototype: object, decorated: MethodDeclaration | DecoratedCandidate): void {
  Reflect.defineMetadata(key, [...readOwn<unknown>(key, prototype), decorated], prototype);
}

function readInherited<Decorated>(key: symbol, prototype: object | null): Decorated[] {
  if (prototype === null) return [];
  const parent = Object.getPrototypeOf(prototype) as object | null; // typed as any
  return [...readInherited<Decorated>(key, parent), ...readOwn<Decorated>(key, prototype)];
}

function readOwn<Decorated>(key: symbol, prototype: object): Decorated[] {
  return (Reflect.getOwnMetadata(key, prototype) ?? []) as Decorated[]; // only `add` writes it
}
