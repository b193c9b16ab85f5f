import { EventEmitter } from 'node:events';
import { types } from 'node:util';
import { propertyOf, prototypeOf } from './kind-of.js';

/** Traits of an object that matter to its receivers, as far as they can be determined without running its code. */
export interface Traits {
  /** Tells whether it can be read only once: a stream, an iterator, the body of a response. */
  readonly isReadOnce: boolean;
  /** Tells whether it is not its holder's alone: others listen to it, or it can't be inspected. */
  readonly isShared: boolean;
}

const NONE: Traits = { isReadOnce: false, isShared: false };
const SHARED: Traits = { isReadOnce: false, isShared: true };

/** Traits of classes, determined once; undefined for one behind a proxy. */
const known = new WeakMap<object, { readonly isListenedTo: boolean } | undefined>();

/** Determines the traits of an object. Runs no code of its own. */
export function readTraits(value: object): Traits {
  if (types.isProxy(value)) return SHARED;
  const prototype = prototypeOf(value);
  const isPlain = prototype === null || prototype === Object.prototype || prototype === Array.prototype;
  const ofClass = isPlain ? UNHEARD : readClassTraits(prototype);
  if (ofClass === undefined) return SHARED;
  const { isListenedTo } = ofClass;
  if (!isListenedTo && !isWorthChecking(value)) return NONE;
  return { isReadOnce: isReadOnce(value), isShared: isListenedTo || hasMethod(value, 'subscribe') };
}

const UNHEARD = { isListenedTo: false };

function readClassTraits(prototype: object): { readonly isListenedTo: boolean } | undefined {
  if (known.has(prototype)) return known.get(prototype);
  let isListenedTo = false;
  let at: object | null = prototype;
  for (; at !== null && !types.isProxy(at); at = prototypeOf(at)) {
    isListenedTo ||= at === EventEmitter.prototype || at === EventTarget.prototype;
  }
  const made = at === null ? { isListenedTo } : undefined;
  known.set(prototype, made);
  return made;
}

/** Decides whether an object has a name that is worth a closer check. Its prototypes must not include a proxy. */
function isWorthChecking(value: object): boolean {
  return (
    'next' in value ||
    'pipe' in value ||
    'getReader' in value ||
    'getStream' in value ||
    'arrayBuffer' in value ||
    'subscribe' in value ||
    Symbol.asyncIterator in value
  );
}

function isReadOnce(value: object): boolean {
  return (
    Symbol.asyncIterator in value ||
    (Symbol.iterator in value && hasMethod(value, 'next')) ||
    hasMethod(value, 'pipe') ||
    hasMethod(value, 'getReader') ||
    hasMethod(value, 'getStream') ||
    ('bodyUsed' in value && hasMethod(value, 'arrayBuffer'))
  );
}

function hasMethod(value: object, name: string): boolean {
  return typeof propertyOf(value, name)?.value === 'function';
}
