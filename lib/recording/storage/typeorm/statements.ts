import { splitBySize, splitIntoChunks } from '../../../base/chunks.js';

/** The bytes of text in one statement: MySQL takes 4 MB or more in all, and quotes and backslashes are written twice. */
const BYTES = 1_000_000;

/** Rows in parts that one statement can take, by their number and by the texts in them. */
export function groupIntoStatements<Row extends object>(rows: readonly Row[]): Row[][] {
  return splitIntoChunks(rows).flatMap((chunk) => splitBySize(chunk, BYTES, textIn));
}

function textIn(row: object): number {
  const texts = Object.values(row).filter((value) => typeof value === 'string');
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
