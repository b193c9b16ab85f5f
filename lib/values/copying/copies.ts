import { types } from 'node:util';
import type { CopyPace } from './copy-budget.js';
import { accessorOf, numberOf, prototypeOf, VIEWS } from '../kind-of.js';

/** Bytes that count as one unit of work, and bytes that are copied between two readings of the clock. */
const BYTES_PER_UNIT = 32;
const PIECE = 16_384;

/** Copies a date, valid or not. */
export function copyDate(date: Date): Date {
  return new Date(Date.prototype.getTime.call(date));
}

/** Copies a regular expression with its `lastIndex`. */
export function copyRegExp(regExp: RegExp): RegExp {
  const copy = new RegExp(regExp.source, regExp.flags);
  copy.lastIndex = regExp.lastIndex;
  return copy;
}

/**
 * Copies binary data of a built-in class. Of a view, only the visible part of its buffer is copied. Data that was transferred away is
 * shared.
 */
export function copyBinary(value: ArrayBuffer | NodeJS.ArrayBufferView, pace: CopyPace): object {
  const bytes = viewBytes(value);
  if (bytes === undefined) return value;
  pace.fit(bytes.length / BYTES_PER_UNIT);
  const prototype = prototypeOf(value);
  if (prototype === Buffer.prototype) return copyBytes(bytes, Buffer.allocUnsafe(bytes.length), pace);
  const { buffer } = copyBytes(bytes, new Uint8Array(bytes.length), pace);
  const View = VIEWS.find((one) => one.prototype === prototype);
  return View === undefined ? buffer : new View(buffer);
}

function viewBytes(value: ArrayBuffer | NodeJS.ArrayBufferView): Uint8Array | undefined {
  try {
    if (types.isArrayBuffer(value)) return new Uint8Array(value);
    const slots = types.isDataView(value) ? DATA_VIEW : TYPED_ARRAY;
    return new Uint8Array(slots.buffer(value) as ArrayBufferLike, slots.byteOffset(value), slots.byteLength(value)); // a view's buffer is one
  } catch {
    return undefined;
  }
}

function copyBytes<Bytes extends Uint8Array<ArrayBuffer>>(from: Uint8Array, to: Bytes, pace: CopyPace): Bytes {
  for (let at = 0; at < from.length; at += PIECE) {
    const piece = from.subarray(at, at + PIECE);
    to.set(piece, at);
    pace.work(piece.length / BYTES_PER_UNIT);
  }
  return to;
}

/** Makes readers of a view's parts that bypass properties of the view itself. */
function readSlots(prototype: object) {
  return {
    buffer: accessorOf(prototype, 'buffer'),
    byteOffset: numberOf(prototype, 'byteOffset'),
    byteLength: numberOf(prototype, 'byteLength'),
  };
}

const TYPED_ARRAY = readSlots(Object.getPrototypeOf(Uint8Array.prototype) as object); // typed as any
const DATA_VIEW = readSlots(DataView.prototype);
