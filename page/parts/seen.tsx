import { piecesOf } from '../text/visible.js';

/** A text from elsewhere, as text: what would not be seen, or would turn what is around it, is shown as an escape. */
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
