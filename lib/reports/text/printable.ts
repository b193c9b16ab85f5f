/**
 * Matches control characters, lone surrogates, and invisible or direction-changing characters, except the joiners within emoji
 * and words.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;

/** Largest printed length of a name, a path or a value, in characters. */
const LONGEST = 160;

/** Width of a line, in characters, unless a word is longer. */
const WIDTH = 80;

/** Escapes everything in a text that could control a terminal, break the line or deceive its reader. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

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
