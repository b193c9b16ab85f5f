import type { ChangeRecord } from '../api/change.record.js';
import type { Experiment } from '../api/experiment.js';
import { Moment } from '../parts/moment.js';
import { ArrivingNotice, FailureText } from '../parts/notice.js';
import { Seen } from '../parts/seen.js';
import { settingLabel, settingText } from './setting.text.js';
import type { Changing, Conflict, Wanted } from './use.changing.js';

/**
 * Notice about a change that failed, or is not stored yet. For a conflict, it compares the wanted with the current settings.
 */
export function ChangingNotice({ changing }: { readonly changing: Changing }) {
  const { state, send, dismiss } = changing;
  switch (state.kind) {
    case 'idle':
    case 'sending':
      return null;
    case 'unstored':
      return (
        <ArrivingNotice key="unstored" label="Off, and not stored yet">
          <p>
            It is off in the process that answered. The database could not store that yet; storing is retried until it succeeds.
            The other processes follow then.
          </p>
          <button type="button" class="small" onClick={dismiss}>
            Close
          </button>
        </ArrivingNotice>
      );
    case 'failed':
      return (
        <ArrivingNotice key="failed" label="Not done">
          <p>
            Not done: <Seen text={state.wanted.text} />. <FailureText failure={state.failure} />
          </p>
          <button type="button" class="small" onClick={dismiss}>
            Close
          </button>
        </ArrivingNotice>
      );
    case 'conflict':
      return (
        <ArrivingNotice key="conflict" label="Somebody changed this meanwhile">
          <h2>Somebody changed this meanwhile</h2>
          <p>
            Your change was not made: <Seen text={state.wanted.text} />.
          </p>
          <ul class="plain">
            {state.conflict.by.map((record) => (
              <By key={record.id} record={record} />
            ))}
          </ul>
          <Comparison wanted={state.wanted} conflict={state.conflict} />
          <div class="actions">
            <button type="button" onClick={dismiss}>
              Keep the current settings
            </button>
            <button type="button" class="primary" onClick={() => void send(state.wanted, state.conflict.now)}>
              Make my change now
            </button>
          </div>
        </ArrivingNotice>
      );
    default:
      return state satisfies never;
  }
}

function By({ record }: { readonly record: ChangeRecord }) {
  return (
    <li>
      {record.kind === 'halted' ? 'A guardrail' : record.actor === null ? 'Somebody' : <Seen text={record.actor} />},{' '}
      <Moment time={record.at} />
    </li>
  );
}

/** Settings that either side has changed. */
function Comparison({ wanted, conflict }: { readonly wanted: Wanted; readonly conflict: Conflict }) {
  const { before, now } = conflict;
  const mine: Partial<Record<string, unknown>> = wanted.change(now);
  const keys = COMPARED.filter((key) => key in mine || JSON.stringify(before[key]) !== JSON.stringify(now[key]));
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="What was changed">
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">Setting</th>
            <th scope="col">You saw</th>
            <th scope="col">Current</th>
            <th scope="col">You want</th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key}>
              <th scope="row">{settingLabel(key)}</th>
              <td>
                <Seen text={settingText(key, before[key])} />
              </td>
              <td>
                <Seen text={settingText(key, now[key])} />
              </td>
              <td>{key in mine ? <Seen text={settingText(key, mine[key])} /> : 'unchanged'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const COMPARED = [
  'percentEnabled',
  'startsAt',
  'endsAt',
  'subjects',
  'targetRate',
  'confidence',
  'minSpan',
  'ignorePaths',
  'guardrails',
  'haltReason',
] as const satisfies readonly (keyof Experiment)[];
