import { types } from 'node:util';
import { propertyOf } from '../values/kind-of.js';
import type { Observation } from '../experiment/observation.js';
import type { ExperimentResult } from '../experiment/result.js';

/** Limits of the estimate: entries visited in all, and entries per object or list, from which the others are extrapolated. */
const LIMITS = { total: 1_000, breadth: 50 } as const;

/** Estimated bytes of an object, or of a property that is neither text nor binary data. */
const PART = 32;

/**
 * Estimates the bytes that the values of a result keep in memory: at least those of texts and binary data among the first 1,000
 * entries. Runs no code of the values.
 */
export function weigh({ control, candidates }: ExperimentResult): number {
  const weighing = new Weighing();
  return [control, ...candidates].reduce((sum, observation) => sum + weighing.of(readValue(observation)), 0);
}

function readValue(observation: Observation): unknown {
  return observation.kind === 'returned' ? observation.value : observation.error;
}

/** Estimates the size of values, each object once. */
class Weighing {
  private readonly seen = new Set<object>();
  private left: number = LIMITS.total;

  of(value: unknown): number {
    if (typeof value === 'string') return value.length;
    if (typeof value !== 'object' || value === null || this.seen.has(value) || types.isProxy(value)) return PART;
    this.seen.add(value);
    if (types.isArrayBufferView(value)) return value.buffer.byteLength;
    if (types.isAnyArrayBuffer(value)) return value.byteLength;
    if (Array.isArray(value)) return this.some(value.length, (index) => ownPart(value, String(index)));
    if (types.isMap(value)) {
      const entries = Map.prototype.entries.call(value);
      return this.some(value.size, () => entries.next().value);
    }
    if (types.isSet(value)) {
      const items = Set.prototype.values.call(value);
      return this.some(value.size, () => items.next().value);
    }
    const keys = types.isNativeError(value) ? ['message', 'stack', 'cause', ...Object.keys(value)] : Object.keys(value);
    return this.some(keys.length, (index) => ownPart(value, keys[index] ?? ''));
  }

  /** Weighs the first of some parts, and extrapolates to the others. */
  private some(count: number, part: (index: number) => unknown): number {
    let [weighed, sum] = [0, 0];
    while (weighed < Math.min(count, LIMITS.breadth) && this.left > 0) {
      this.left -= 1;
      sum += this.of(part(weighed));
      weighed += 1;
    }
    return PART + (weighed === 0 ? count * PART : Math.ceil(sum * (count / weighed)));
  }
}

/** Returns a property's value, unless that would call an accessor. */
function ownPart(value: object, key: string): unknown {
  return propertyOf(value, key)?.value;
}
