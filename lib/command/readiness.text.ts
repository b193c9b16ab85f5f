import type { SummaryLike } from '../reports/text/summary.text.js';
import { printable } from '../reports/text/printable.js';

/** Explains the state of each candidate. */
export function readinessText({ name, candidates }: SummaryLike): string {
  if (candidates.length === 0) return `No candidate of "${printable(name)}" has run yet.\n`;
  return candidates.map((candidate) => `${printable(`${candidate.name}: ${candidate.readiness.reason}`).trimEnd()}\n`).join('');
}
