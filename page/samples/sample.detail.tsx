import { createContext, type ComponentChildren } from 'preact';
import { useContext, useMemo } from 'preact/hooks';
import type { Result } from '../api/result.js';
import { CopyButton } from '../parts/copy.button.js';
import { Seen } from '../parts/seen.js';
import { DIFFERENCE_WORDS } from '../text/word.text.js';
import { Comparison } from './comparison.js';
import { Given } from './given.js';
import { isRecord, type Json } from './json.js';
import { observationOf } from './observation.js';
import { Value } from './value.js';

/** Level of the headings of the parts, below that of the result. */
export const HeadingLevel = createContext<'h3' | 'h4'>('h4');

/** All recorded details of a result. */
export function SampleDetail({ result }: { readonly result: Result }) {
  const { differences, context, diff } = result;
  return (
    <div class="sample-detail">
      {differences.length > 0 && (
        <Part title="Differs in">
          <ul class="plain paths">
            {differences.map(({ path, kind }) => (
              <li key={`${kind} ${path}`}>
                <code>
                  <Seen text={path} />
                </code>{' '}
                <span class="quiet">{DIFFERENCE_WORDS[kind]}</span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Sides result={result} />
      {diff !== null && diff !== undefined && (
        <Part title="The experiment’s own diff">
          {typeof diff === 'string' ? (
            <pre tabIndex={0}>
              <Seen text={diff} hasLines />
            </pre>
          ) : (
            <Value value={diff as Json} /> // it came as JSON
          )}
        </Part>
      )}
      <Part title="Context">
        {isRecord(context) && Object.keys(context).length === 0 ? (
          <p class="quiet">None is kept.</p>
        ) : (
          <Value value={context as Json} /> // it came as JSON
        )}
      </Part>
      <CopyButton label="Copy as JSON" text={() => JSON.stringify(result, null, 2)} />
    </div>
  );
}

function Sides({ result }: { readonly result: Result }) {
  const [control, candidate] = useMemo(() => [observationOf(result.control), observationOf(result.observed)] as const, [result]);
  if (control.gave.kind === 'value' && candidate.gave.kind === 'value') {
    return (
      <Part title="Both values">
        <Comparison control={control.gave.value} candidate={candidate.gave.value} />
      </Part>
    );
  }
  return (
    <div class="sides">
      <Part title={control.gave.kind === 'error' ? 'The control threw' : 'The control returned'}>
        <Given gave={control.gave} />
      </Part>
      <Part title={candidate.gave.kind === 'error' ? 'The candidate threw' : 'The candidate returned'}>
        <Given gave={candidate.gave} />
      </Part>
    </div>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const Heading = useContext(HeadingLevel);
  return (
    <section class="part">
      <Heading>{title}</Heading>
      {children}
    </section>
  );
}
