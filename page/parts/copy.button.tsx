import { useEffect, useRef, useState } from 'preact/hooks';
import { announce } from '../live/announcer.js';

/** Copies a text; where the browser doesn't let it, shows the text to be copied by hand. */
export function CopyButton({ label, text }: { readonly label: string; readonly text: () => string }) {
  const [byHand, setByHand] = useState<string | undefined>(undefined);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.select(), [byHand]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      announce('Copied.');
    } catch {
      setByHand(text()); // without a certificate, browsers have no clipboard
    }
  };
  return (
    <>
      <button type="button" class="small" onClick={() => void copy()}>
        {label}
      </button>
      {byHand !== undefined && (
        <label class="by-hand">
          <span>To be copied from here:</span>
          <textarea ref={field} readOnly rows={4} value={byHand} />
        </label>
      )}
    </>
  );
}
