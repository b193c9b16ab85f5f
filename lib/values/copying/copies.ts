import { types } from 'node:util';
import type { CopyPace } from './copy-budget.js';
import { viewBytes } from '../binary.js';
import { accessorOf, prototypeOf } from '../kind-of.js';

/**
 * Makes an object with the internal state of another, without its properties and contents. Returns undefined for an object that has no such
 * state, such as `Object.create(Map.prototype)`.
 */
export type Rebuild = (value: object, pace: CopyPace) => object | undefined;

/** Bytes that count as one unit of work, and bytes that are copied between two readings of the clock. */
const BYTES_PER_UNIT = 32;
const PIECE = 16_384;

/** Shortest units of work that it takes to list a property. */
const UNITS_PER_KEY = 10;

/** Flags of regular expressions, with the accessors that tell of them. */
const FLAGS = [
  ['d', 'hasIndices'],
  ['g', 'global'],
  ['i', 'ignoreCase'],
  ['m', 'multiline'],
  ['s', 'dotAll'],
  ['u', 'unicode'],
  ['v', 'unicodeSets'],
  ['y', 'sticky'],
].map(([flag = '', name = '']) => ({ flag, isSet: accessorOf(RegExp.prototype, name) }));
const readSource = accessorOf(RegExp.prototype, 'source');

const viewName = accessorOf(prototypeOf(Uint8Array.prototype) ?? {}, Symbol.toStringTag);

/** Views of binary data, by the name of their class. */
const VIEWS = new Map<unknown, new (bytes: ArrayBuffer) => NodeJS.ArrayBufferView>(
  [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  ].map((View) => [View.name, View]),
);

/** Finds what rebuilds instances of a class of the language. Undefined for those that are their properties and nothing else. */
export function findRebuild(builtIn: string): Rebuild | undefined {
  if (builtIn.endsWith('Error')) return rebuildError;
  if (builtIn.endsWith('Array') && builtIn !== 'Array') return rebuildBinary;
  return REBUILDS[builtIn];
}

const REBUILDS: Readonly<Record<string, Rebuild>> = {
  Array: rebuildList,
  Map: (value) => (types.isMap(value) ? new Map() : undefined),
  Set: (value) => (types.isSet(value) ? new Set() : undefined),
  Date: (value) => (types.isDate(value) ? new Date(Date.prototype.getTime.call(value)) : undefined),
  RegExp: (value) => (types.isRegExp(value) ? copyRegExp(value) : undefined),
  ArrayBuffer: rebuildBinary,
  DataView: rebuildBinary,
  Number: rebuildBoxed,
  String: rebuildBoxed,
  Boolean: rebuildBoxed,
  BigInt: rebuildBoxed,
  Symbol: rebuildBoxed,
};

function rebuildList(value: object, pace: CopyPace): object | undefined {
  if (!Array.isArray(value)) return undefined;
  pace.fit(value.length);
  return new Array<unknown>(value.length);
}

/** Copies a regular expression with its `lastIndex`. */
function copyRegExp(regExp: RegExp): RegExp {
  const flags = FLAGS.filter(({ isSet }) => isSet(regExp) === true).map(({ flag }) => flag);
  const copy = new RegExp(readSource(regExp) as string, flags.join('')); // a source is a text
  copy.lastIndex = regExp.lastIndex;
  return copy;
}

/**
 * Makes an error whose stack is read from the original when somebody asks for it. To read it makes V8 format it, by a function that may be
 * the application's.
 */
function rebuildError(error: object): object | undefined {
  if (!types.isNativeError(error)) return undefined;
  const copy = new Error();
  // To define it anew would format the present one.
  delete copy.stack;
  if (!Object.hasOwn(error, 'stack')) return copy;
  return Object.defineProperty(copy, 'stack', { get: () => error.stack, set: replaceStack, configurable: true });
}

function replaceStack(this: object, value: unknown): void {
  Object.defineProperty(this, 'stack', { value, writable: true, configurable: true });
}

function rebuildBoxed(value: object, pace: CopyPace): object | undefined {
  if (types.isNumberObject(value)) return Object(Number.prototype.valueOf.call(value)) as object; // typed as any, as below
  if (types.isStringObject(value)) return rebuildText(value, pace);
  if (types.isBooleanObject(value)) return Object(Boolean.prototype.valueOf.call(value)) as object;
  if (types.isBigIntObject(value)) return Object(BigInt.prototype.valueOf.call(value)) as object;
  return types.isSymbolObject(value) ? (Object(Symbol.prototype.valueOf.call(value)) as object) : undefined;
}

/** Copies a boxed text. Its characters are properties, which are listed to find others. */
function rebuildText(value: object, pace: CopyPace): object {
  const text = String.prototype.valueOf.call(value);
  pace.fit(text.length * UNITS_PER_KEY);
  return Object(text) as object; // typed as any
}

/**
 * Copies binary data. Of a view, only the visible part of its buffer is copied, into a buffer that no other view has: Node keeps small
 * Buffers in one that the whole process shares. Of data that was transferred away, nothing is left to copy.
 */
function rebuildBinary(value: object, pace: CopyPace): object | undefined {
  const isView = types.isArrayBufferView(value);
  if (!isView && !types.isArrayBuffer(value)) return undefined;
  const bytes = viewBytes(value);
  pace.fit(bytes.length / BYTES_PER_UNIT);
  const { buffer } = copyBytes(bytes, new Uint8Array(bytes.length), pace);
  if (!isView) return buffer;
  if (prototypeOf(value) === Buffer.prototype) return Buffer.from(buffer);
  const View = VIEWS.get(viewName(value)) ?? DataView;
  return new View(buffer);
}

function copyBytes(from: Uint8Array, to: Uint8Array<ArrayBuffer>, pace: CopyPace): Uint8Array<ArrayBuffer> {
  for (let at = 0; at < from.length; at += PIECE) {
    const piece = from.subarray(at, at + PIECE);
    to.set(piece, at);
    pace.work(piece.length / BYTES_PER_UNIT);
  }
  return to;
}
