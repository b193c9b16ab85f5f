import { splitBySize, splitIntoChunks } from '../../../base/split-into-chunks.js';

/**
 * Largest size of the texts in one statement, in bytes. MySQL accepts 4 MB or more in all; quotes and backslashes are doubled.
 */
const BYTES = 1_000_000;

/** Splits rows into parts that fit into one statement each, by number of rows and by size of their texts. */
export function groupIntoStatements<Row extends object>(rows: readonly Row[]): Row[][] {
  return splitIntoChunks(rows).flatMap((chunk) => splitBySize(chunk, BYTES, textIn));
}

function textIn(row: object): number {
  const texts = Object.values(row).filter((value) => typeof value === 'string');
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
