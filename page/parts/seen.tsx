import { piecesOf } from '../text/visible.js';

/** A text from elsewhere. Characters that are invisible or change the text direction are shown as escapes. */
export function Seen({ text, hasLines = false }: { readonly text: string; readonly hasLines?: boolean }) {
  return (
    <bdi>
      {piecesOf(text, hasLines).map((piece, index) =>
        piece.isEscape ? (
          <span key={index} class="escape">
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </bdi>
  );
}
