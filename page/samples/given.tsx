import { Seen } from '../parts/seen.js';
import { isRecord, type Json } from './json.js';
import { LongText } from './long.text.js';
import type { Gave } from './observation.js';
import { Value } from './value.js';

/** Value or error of one side. */
export function Given({ gave }: { readonly gave: Gave }) {
  switch (gave.kind) {
    case 'value':
      return <Value value={gave.value} />;
    case 'error':
      return <ErrorText error={gave.error} />;
    case 'cut':
      return (
        <>
          <p class="quiet">The {gave.what} was too large to be kept whole. Beginning of its JSON:</p>
          <pre>
            <LongText text={gave.beginning} hasLines />
          </pre>
        </>
      );
    case 'unknown':
      return <p class="quiet">The {gave.what} is not kept.</p>;
    default:
      return gave satisfies never;
  }
}

/** Message of an error, its stack, and its other properties. */
function ErrorText({ error }: { readonly error: Json }) {
  if (!isRecord(error)) {
    return (
      <>
        <p class="quiet">It threw something other than an error:</p>
        <Value value={error} />
      </>
    );
  }
  const { name, message, stack, ...rest } = error;
  return (
    <>
      <p class="error-said">
        <strong>
          <Seen text={typeof name === 'string' ? name : 'Error'} />
        </strong>
        {typeof message === 'string' && message !== '' && (
          <>
            : <LongText text={message} hasLines />
          </>
        )}
      </p>
      {typeof stack === 'string' && (
        <details>
          <summary>Stack</summary>
          <pre tabIndex={0}>
            <LongText text={stack} hasLines />
          </pre>
        </details>
      )}
      {Object.keys(rest).length > 0 && <Value value={rest} />}
    </>
  );
}
