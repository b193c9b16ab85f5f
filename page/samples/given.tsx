import { Seen } from '../parts/seen.js';
import { isRecord, type Json } from './json.js';
import { LongText } from './long.text.js';
import type { Gave } from './observation.js';
import { Value } from './value.js';

/** What one side gave. */
export function Given({ gave }: { readonly gave: Gave }) {
  switch (gave.kind) {
    case 'value':
      return <Value value={gave.value} />;
    case 'error':
      return <ErrorText error={gave.error} />;
    case 'cut':
      return (
        <>
          <p class="quiet">The {gave.what} was too large to be kept. Its JSON begins so:</p>
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

/** What an error says, its stack, and what else it carries. */
function ErrorText({ error }: { readonly error: Json }) {
  if (!isRecord(error)) {
    return (
      <>
        <p class="quiet">It threw something that is no error:</p>
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
