import { readFile, writeFile } from 'node:fs/promises';
import type { ExperimentReceipt } from '../reports/receipt/receipt.js';
import { compareReceipts, type Direction } from '../reports/receipt/receipt-changes.js';
import { changesMarkdown, changesText } from '../reports/receipt/receipt-changes.text.js';
import { parseReceipt } from '../reports/receipt/receipt.schemas.js';
import { receiptMarkdown } from '../reports/receipt/receipt.text.js';
import { STATES } from '../reports/text/summary.text.js';
import { jsonLines, printable } from '../reports/text/printable.js';
import { Failure } from './failure.js';
import type { Task } from './task.js';

/** Exit codes of a comparison, apart from those of the verdict. As with `diff`, 0 means the same. */
const EXIT: Readonly<Record<Direction, number>> = { same: 0, better: 5, worse: 6 };

/** Prints or writes a receipt, and what has changed since an earlier one. */
export async function receipt(task: Task): Promise<number> {
  const { client, name, epoch, markdown, out, against, print } = task;
  // The file is read first, since it may be the one that is to be written.
  const before = against === undefined ? undefined : await readEarlier(against, name);
  const found = await client.receipt(name, epoch);
  if (out !== undefined) await write(out, task.json || out.endsWith('.json') ? jsonText(found) : receiptMarkdown(found));
  if (before !== undefined) {
    const comparison = compareReceipts(before, found);
    print(comparison, () => (markdown ? changesMarkdown(comparison) : changesText(comparison)));
    return EXIT[comparison.direction];
  }
  if (out === undefined) print(found, () => receiptMarkdown(found));
  else print({ out, verdict: found.verdict }, () => `Wrote ${printable(out)}: ${STATES[found.verdict]}.\n`);
  return EXIT.same;
}

async function readEarlier(file: string, name: string): Promise<ExperimentReceipt> {
  const remedy = 'Write one with "receipt <name> --out receipt.json".';
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new Failure(`Can't read ${file}: ${reasonOf(error)}. ${remedy}`);
  }
  const { receipt: found, problem } = parseReceipt(text);
  if (found === undefined) throw new Failure(`${file} ${problem}. ${remedy}`);
  if (found.experiment === name) return found;
  throw new Failure(`${file} is a receipt of "${found.experiment}", and not of "${name}". Name a receipt of this experiment.`);
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new Failure(`Can't write ${file}: ${reasonOf(error)}. Name a file that can be written with --out.`);
  }
}

function jsonText(value: unknown): string {
  return `${jsonLines(value).join('\n')}\n`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/, (?:open|read|write) '.*'$/, '') : String(error);
}
