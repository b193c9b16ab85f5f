/**
 * Matches control characters, lone surrogates, and invisible or direction-changing characters, except the joiners within emoji
 * and words.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;

/** Escapes everything in a text that could control a terminal, break the line or deceive its reader. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** Escapes a text as `printable` does, but for its line breaks. Following lines are indented. */
export function escapeText(text: string): string {
  return text.split('\n').map(printable).join('\n    ');
}
