/** Controls, lone halves of characters, and what is invisible or turns text around; not what joins parts of emoji and words. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;

/** How many characters of a name, a path or a value are printed. */
const LONGEST = 160;

/** How many characters a line has, where it can be helped. */
const WIDTH = 80;

/** A text in one line, in which nothing is left that could steer a terminal or deceive its reader: it is written as escapes. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** As `printable`, and cut if it is long. */
export function brief(text: string): string {
  const start = Array.from(text.slice(0, 2 * LONGEST + 2));
  return printable(start.length <= LONGEST ? text : `${start.slice(0, LONGEST).join('')}…`);
}

/** A value as JSON, indented, in lines that are printable and JSON still. */
export function jsonLines(value: unknown): string[] {
  return JSON.stringify(value, null, 2).split('\n').map(printable);
}

/** A text in lines that begin with an indent, broken between words. */
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
