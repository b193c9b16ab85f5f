import { brief, printable } from './printable.js';

/** Characters that Markdown, or GitHub's additions to it, may read as markup. */
const MARKUP = /[\\`*_[\]<>#|~$&@]/g;

/** Escapes a text so that Markdown shows it as it is, in one line, and cuts it if it is long. */
export function markdown(text: string): string {
  return escapeMarkup(brief(text));
}

/** Renders a table. Its cells are Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}

/** Renders a list. Its items are Markdown. */
export function list(items: readonly string[]): string[] {
  return [...items.map((item) => `- ${item}`), ''];
}

/** Escapes a text of any length, in one line. */
export function sentence(text: string): string {
  return escapeMarkup(printable(text));
}

function escapeMarkup(text: string): string {
  return text.replace(MARKUP, (character) => `\\${character}`);
}
