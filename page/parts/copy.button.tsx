import { useEffect, useRef, useState } from 'preact/hooks';
import { announce } from '../live/announcer.js';

/** Button that copies a text. If the browser doesn't allow it, shows the text for copying by hand. */
export function CopyButton({ label, text }: { readonly label: string; readonly text: () => string }) {
  const [byHand, setByHand] = useState<string | undefined>(undefined);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.select(), [byHand]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      announce('Copied.');
    } catch {
      setByHand(text()); // without HTTPS, browsers have no clipboard
    }
  };
  return (
    <>
      <button type="button" class="small" onClick={() => void copy()}>
        {label}
      </button>
      {byHand !== undefined && (
        <label class="by-hand">
          <span>Copy from here:</span>
          <textarea ref={field} readOnly rows={4} value={byHand} />
        </label>
      )}
    </>
  );
}
