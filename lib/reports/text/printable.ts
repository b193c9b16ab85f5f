import { printable } from '../../base/escaping.js';

export { printable };

/** Largest printed length of a name, a path or a value, in characters. */
const LONGEST = 160;

/** Width of a line, in characters, unless a word is longer. */
const WIDTH = 80;

/** Escapes a text like `printable`, and cuts it if it is long. */
export function brief(text: string): string {
  const start = Array.from(text.slice(0, 2 * LONGEST + 2));
  return printable(start.length <= LONGEST ? text : `${start.slice(0, LONGEST).join('')}…`);
}

/** Renders a value as indented JSON. The lines are printable and still valid JSON. */
export function jsonLines(value: unknown): string[] {
  return JSON.stringify(value, null, 2).split('\n').map(printable);
}

/** Wraps a text between words into lines that begin with an indent. */
export function wrapped(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + word.length >= WIDTH) {
      lines.push(indent + line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}
