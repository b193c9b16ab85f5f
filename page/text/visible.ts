/** A piece of a text: unchanged, or the escape of a character that is invisible or changes the text direction. */
export interface Piece {
  readonly text: string;
  readonly isEscape: boolean;
}

/**
 * Matches control characters, lone surrogates, and invisible or direction-changing characters, except the joiners within emoji
 * and words.
 */
const UNSEEN = /(?:[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u2800\u3164]|(?![\u200c\u200d])\p{Cf})+/gu;

/** Matches the same characters, except line ends and tabs. */
const UNSEEN_IN_LINES = /(?:(?![\n\t])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u2800\u3164]|(?![\u200c\u200d])\p{Cf})+/gu;

/**
 * Splits a text into pieces that can be shown unchanged, and pieces that must be escaped.
 *
 * @param hasLines true to keep line ends and tabs
 */
export function piecesOf(text: string, hasLines = false): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { 0: unseen, index } of text.matchAll(hasLines ? UNSEEN_IN_LINES : UNSEEN)) {
    if (index > from) pieces.push({ text: text.slice(from, index), isEscape: false });
    pieces.push({ text: escapeOf(unseen), isEscape: true });
    from = index + unseen.length;
  }
  if (from < text.length || pieces.length === 0) pieces.push({ text: text.slice(from), isEscape: false });
  return pieces;
}

/** Returns a text on one line without invisible characters. */
export function seen(text: string): string {
  return piecesOf(text)
    .map((piece) => piece.text)
    .join('');
}

function escapeOf(characters: string): string {
  return characters
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
