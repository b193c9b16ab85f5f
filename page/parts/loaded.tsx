import type { ComponentChildren } from 'preact';
import type { Resource } from '../live/use.resource.js';
import { FailureText, Notice } from './notice.js';

/** Content of a resource: a note that it is loading, its failure, or its data, also if they could not be refreshed. */
export function Loaded<Data>(props: {
  readonly resource: Resource<Data>;
  /** Name of the data, in words. */
  readonly what: string;
  readonly children: (data: Data) => ComponentChildren;
}) {
  const { resource, what, children } = props;
  const { data, failure, reload } = resource;
  const isAway = failure?.kind === 'unreachable' || failure?.kind === 'unavailable';
  if (data !== undefined) {
    return (
      <>
        {failure !== undefined && !isAway && (
          <Notice kind="bad">
            <FailureText failure={failure} />
          </Notice>
        )}
        {children(data)}
      </>
    );
  }
  if (failure === undefined) {
    return (
      <p class="loading" aria-busy="true">
        Loading {what} …
      </p>
    );
  }
  return (
    <Notice kind="bad" isUrgent>
      <p>
        <FailureText failure={failure} />
      </p>
      <button type="button" onClick={reload}>
        Try again
      </button>
    </Notice>
  );
}

/** Note that there is nothing, and what to do about it. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <div class="empty">{children}</div>;
}
