import { ownValue } from '../kind-of.js';

const PROPERTY = Symbol('nestjs-studies:id');

/** Notes, where nobody else sees it, which property the ids in an object or a list are, so that they can be redacted by its name. */
export function nameIds<Ids extends object>(ids: Ids, property: string | undefined): Ids {
  return property === undefined ? ids : Object.defineProperty(ids, PROPERTY, { value: property });
}

/** Returns the name of the property that ids were noted as. */
export function nameOfIds(ids: object): string | undefined {
  const name = ownValue(ids, PROPERTY);
  return typeof name === 'string' ? name : undefined;
}
