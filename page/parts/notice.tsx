import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Failure } from '../api/failure.js';
import { Seen } from './seen.js';
import { Shape } from './shape.js';

/** A notice for the reader. */
export function Notice(props: {
  readonly kind?: 'plain' | 'bad';
  readonly isUrgent?: boolean;
  readonly children: ComponentChildren;
}) {
  const { kind = 'plain', isUrgent = false, children } = props;
  return (
    <div class={`notice notice-${kind}`} {...(isUrgent ? { role: 'alert' } : {})}>
      {kind === 'bad' && <Shape kind="bad" />}
      <div class="notice-text">{children}</div>
    </div>
  );
}

/** A notice about what the reader has just done. It takes the focus, and so comes into sight. */
export function ArrivingNotice({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => notice.current?.focus(), []);
  return (
    <div class="notice notice-bad" ref={notice} tabIndex={-1} role="group" aria-label={label}>
      <Shape kind="bad" />
      <div class="notice-text">{children}</div>
    </div>
  );
}

/** Description of a failure. */
export function FailureText({ failure }: { readonly failure: Failure }) {
  return (
    <>
      <strong>{TITLES[failure.kind]}</strong> <Seen text={failure.message} />
    </>
  );
}

const TITLES: Readonly<Record<Failure['kind'], string>> = {
  unreachable: 'The server can’t be reached.',
  unavailable: 'The server can’t do this right now.',
  closed: 'Access is denied.',
  missing: 'Not found.',
  conflict: 'Somebody else has changed it.',
  refused: 'The request was refused.',
};
