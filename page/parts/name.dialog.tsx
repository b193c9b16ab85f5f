import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { seen } from '../text/visible.js';
import { Seen } from './seen.js';

/** Return value of a confirmed dialog. */
const CONFIRMED = 'confirmed';

/** Dialog that asks for a name before an action that can't be undone. */
export function NameDialog(props: {
  readonly title: string;
  readonly name: string;
  readonly action: string;
  readonly children: ComponentChildren;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}) {
  const { title, name, action, children, onClose, onConfirm } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState('');
  const id = useId();
  const isRight = typed === name || typed === seen(name);
  useEffect(() => dialog.current?.showModal(), []);
  const closed = () => (dialog.current?.returnValue === CONFIRMED ? onConfirm() : onClose());

  return (
    <dialog ref={dialog} aria-labelledby={`${id}-title`} onClose={closed}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isRight) dialog.current?.close(CONFIRMED); // this returns the focus
        }}
      >
        <h2 id={`${id}-title`}>{title}</h2>
        {children}
        <label for={`${id}-name`}>
          Type its name, <Seen text={name} />, to confirm:
        </label>
        <input
          id={`${id}-name`}
          type="text"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <div class="actions">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="danger" disabled={!isRight}>
            {action}
          </button>
        </div>
      </form>
    </dialog>
  );
}
