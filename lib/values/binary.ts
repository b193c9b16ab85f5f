import { types } from 'node:util';
import { accessorOf, numberOf } from './kind-of.js';

/**
 * Returns the bytes of binary data. Of data that was transferred away, and of a view beyond the end of its buffer, there are none. Runs no code of
 * the value's, such as an accessor of a subclass.
 */
export function viewBytes(value: ArrayBufferLike | ArrayBufferView): Uint8Array {
  try {
    if (types.isAnyArrayBuffer(value)) return new Uint8Array(value);
    const slots = types.isDataView(value) ? DATA_VIEW : TYPED_ARRAY;
    return new Uint8Array(slots.buffer(value) as ArrayBufferLike, slots.byteOffset(value), slots.byteLength(value)); // a view's buffer is one
  } catch {
    return new Uint8Array();
  }
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
