import 'reflect-metadata';
import { types } from 'node:util';
import { DataSource, EntityManager, Repository } from 'typeorm';
import { builtInName } from '../../values/hidden-state.js';
import { ownValue, prototypeOf } from '../../values/kind-of.js';
import { holdsRunner } from '../../isolation/held-runner.js';
import type { ApplicationInstances } from './application-instances.js';

/** Metadata with which Nest marks classes that its container creates. */
const MARKS = ['__injectable__', '__controller__'];

/** Recognises services: instances of classes that Nest's container creates or provides, and what TypeORM works with. */
export class ApplicationServices {
  private readonly provided = new WeakSet<object>();

  constructor(private readonly instances: ApplicationInstances) {}

  /** Notes the classes of all providers. To be called when they are made, and when there are more. */
  note(): void {
    for (const instance of this.instances.all()) {
      const prototype =
        typeof instance === 'object' && instance !== null && !types.isProxy(instance) ? prototypeOf(instance) : null;
      // Values of the language, such as a list or a Map, say nothing about others of their class.
      if (prototype !== null && builtInName(prototype) === undefined) this.provided.add(prototype);
    }
  }

  /** Decides by its class whether an object is a service. No class of its prototypes may be behind a proxy. */
  has(instance: object): boolean {
    for (let at = prototypeOf(instance); at !== null; at = prototypeOf(at)) {
      if (this.provided.has(at) || isMarked(ownValue(at, 'constructor'))) return true;
    }
    return isOfTypeOrm(instance);
  }
}

function isMarked(constructor: unknown): boolean {
  return typeof constructor === 'function' && MARKS.some((mark) => Reflect.hasOwnMetadata(mark, constructor));
}

/** Transactions among them are recognised, and refused, elsewhere. */
function isOfTypeOrm(instance: object): boolean {
  return (
    instance instanceof DataSource || instance instanceof EntityManager || instance instanceof Repository || holdsRunner(instance)
  );
}
