import { ownValue } from '../kind-of.js';

/** Text of the accessor that TypeORM gives an entity for a lazy relation. It keeps its state in properties of whatever it is read from. */
const LAZY_RELATION = /\(\) ?\{\s*if \(this\[resolveIndex\].*this\[dataIndex\].*this\[promiseIndex\].*relationLoader\s*\.load\(/s;

/** Text of an accessor that was recognised before. The same text is compared faster than it is searched. */
let known: string | undefined;

/** Decides whether a property is a lazy relation of TypeORM's, so that it works on a copy of its entity as on the entity. */
export function isLazyRelation(property: PropertyDescriptor): boolean {
  const getter = ownValue(property, 'get');
  if (typeof getter !== 'function') return false;
  const text = Function.prototype.toString.call(getter);
  if (text === known) return true;
  if (!LAZY_RELATION.test(text)) return false;
  known = text;
  return true;
}
