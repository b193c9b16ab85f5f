import { createHash } from 'node:crypto';
import { types } from 'node:util';

/** Bytes at the beginning and at the end of binary data that its description depends on. */
const HASHED = 4_096;

/** Describes binary data by its length and a hash, so that other data looks different, and nobody can read it. */
export function describeBytes(data: ArrayBufferLike | NodeJS.ArrayBufferView): string {
  const { byteLength } = data;
  const [buffer, start] = types.isArrayBufferView(data) ? [data.buffer, data.byteOffset] : [data, 0];
  const first = Math.min(byteLength, HASHED);
  const hash = createHash('sha256').update(new Uint8Array(buffer, start, first));
  const last = Math.min(byteLength - first, HASHED);
  hash.update(new Uint8Array(buffer, start + byteLength - last, last));
  return `[Binary ${byteLength} bytes, #${hash.digest('hex').slice(0, 8)}]`;
}
