import type { Change, Experiment } from '../api/experiment.js';
import { useDraft } from '../experiment/use.draft.js';
import { fieldOf, timeOf } from '../text/local.time.js';
import { zoneText } from '../text/time.text.js';
import { SettingForm, type SettingFormProps } from './setting.form.js';

/** Form of the period in which an experiment is on. */
export function PeriodForm({ experiment, changing }: SettingFormProps) {
  const draft = useDraft(experiment, changing, fieldsOf);
  const { start, end } = draft.fields;
  return (
    <SettingForm
      title="Period"
      hint={<>The experiment is off before the start and from the end on. Times are in your zone, {zoneText()}.</>}
      problem={start !== '' && end !== '' && end <= start ? 'The end must be after the start.' : undefined}
      isChanged={draft.isChanged}
      onSave={() => draft.send({ text: 'the period is set', change: (now) => changeOf(draft.fields, fieldsOf(now)) })}
      onReset={draft.reset}
    >
      <TimeField label="Start" value={start} onInput={(value) => draft.edit({ start: value })} />
      <TimeField label="End" value={end} onInput={(value) => draft.edit({ end: value })} />
    </SettingForm>
  );
}

interface Fields {
  readonly start: string;
  readonly end: string;
}

function fieldsOf({ startsAt, endsAt }: Experiment): Fields {
  return { start: fieldOf(startsAt), end: fieldOf(endsAt) };
}

/** Returns the changed fields. Fields are exact to the minute, so the stored time of an unchanged one stays. */
function changeOf({ start, end }: Fields, before: Fields): Change {
  return {
    ...(start === before.start ? {} : { startsAt: timeOf(start) }),
    ...(end === before.end ? {} : { endsAt: timeOf(end) }),
  };
}

function TimeField(props: { readonly label: string; readonly value: string; readonly onInput: (value: string) => void }) {
  const { label, value, onInput } = props;
  return (
    <div class="with-button">
      <label class="field">
        <span>{label}</span>
        <input type="datetime-local" value={value} onInput={(event) => onInput(event.currentTarget.value)} />
      </label>
      <button type="button" class="small" aria-disabled={value === ''} onClick={() => onInput('')}>
        None<span class="unseen"> for the {label.toLowerCase()}</span>
      </button>
    </div>
  );
}
