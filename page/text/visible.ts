/** A piece of a text: as it is, or the escape of a character that would not be seen, or would turn others around. */
export interface Piece {
  readonly text: string;
  readonly isEscape: boolean;
}

/** Controls, lone halves of characters, and what is invisible or turns text around; not what joins parts of emoji and words. */
const UNSEEN = /(?:[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u2800\u3164]|(?![\u200c\u200d])\p{Cf})+/gu;

/** The same, but for ends of lines and tabs. */
const UNSEEN_IN_LINES = /(?:(?![\n\t])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u2800\u3164]|(?![\u200c\u200d])\p{Cf})+/gu;

/**
 * Takes a text apart into what can be shown as it is, and what is to be shown as an escape.
 *
 * @param hasLines whether ends of lines and tabs are shown as such
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

/** A text in one line in which everything is seen. */
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
