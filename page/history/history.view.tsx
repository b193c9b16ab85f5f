import { useEffect, useState } from 'preact/hooks';
import { historyOf } from '../api/api.js';
import type { ChangeRecord } from '../api/change.record.js';
import type { PageOf } from '../api/page.of.js';
import { settingLabel, settingText } from '../experiment/setting.text.js';
import { useResource } from '../live/use.resource.js';
import { Empty, Loaded } from '../parts/loaded.js';
import { Moment } from '../parts/moment.js';
import { Seen } from '../parts/seen.js';
import { useOlder } from '../parts/use.older.js';

/** History of an experiment: changes with author and time, the newest first. */
export function HistoryView({ name, version }: { readonly name: string; readonly version: number }) {
  const newest = useResource(`history ${name}`, (signal) => historyOf(name, undefined, signal));
  const [known, setKnown] = useState(version);
  useEffect(() => {
    if (known !== version) newest.reload(); // it was changed here
    setKnown(version);
  }, [version]);
  return (
    <section aria-labelledby="history-title">
      <h2 class="section-title" id="history-title" data-arrival tabIndex={-1}>
        History
      </h2>
      <Loaded resource={newest} what="the history">
        {(page) => (page.items.length === 0 ? <Empty>Nobody has changed it yet.</Empty> : <Changes name={name} newest={page} />)}
      </Loaded>
    </section>
  );
}

function Changes({ name, newest }: { readonly name: string; readonly newest: PageOf<ChangeRecord> }) {
  const { items, more } = useOlder(newest, (cursor) => historyOf(name, cursor));
  return (
    <>
      <ol class="history">
        {items.map((record) => (
          <li key={record.id}>
            <p class="history-who">
              <Moment time={record.at} isExact /> <strong>{whoText(record)}</strong> {DID[record.kind]}
            </p>
            {record.reason !== null && (
              <p>
                <Seen text={record.reason} />
              </p>
            )}
            <Settings record={record} />
          </li>
        ))}
      </ol>
      {more}
    </>
  );
}

const DID: Readonly<Record<ChangeRecord['kind'], string>> = {
  changed: 'changed',
  halted: 'halted it',
  purged: 'purged the results',
  removed: 'removed it',
};

function whoText({ kind, actor }: ChangeRecord) {
  if (actor !== null) return <Seen text={actor} />;
  return kind === 'halted' ? 'A guardrail' : 'Somebody';
}

function Settings({ record: { before, after } }: { readonly record: ChangeRecord }) {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => key !== 'haltReason');
  if (keys.length === 0) return null;
  return (
    <ul class="plain changes">
      {keys.map((key) => (
        <li key={key}>
          <span class="setting">
            <Seen text={settingLabel(key)} />
          </span>{' '}
          <del>
            <Seen text={settingText(key, before[key])} />
          </del>{' '}
          →{' '}
          <ins>
            <Seen text={settingText(key, after[key])} />
          </ins>
        </li>
      ))}
    </ul>
  );
}
