import type { Experiment } from '../api/experiment.js';
import { useDraft } from '../experiment/use.draft.js';
import { SettingForm, type SettingFormProps } from './setting.form.js';

/** Largest number of subjects, and largest length of one. */
const MOST = 1_000;
const LONGEST = 200;

/** Form of the subjects that always take part. */
export function SubjectsForm({ experiment, changing }: SettingFormProps) {
  const draft = useDraft(experiment, changing, fieldsOf);
  const subjects = subjectsOf(draft.fields.text);
  return (
    <SettingForm
      title="Always in"
      hint="Subjects, such as users, that always take part while the experiment is on, if its code names the subject of a call. One per line."
      problem={problemOf(subjects)}
      isChanged={draft.isChanged}
      onSave={() => draft.send({ text: 'the subjects are set', change: () => ({ subjects }) })}
      onReset={draft.reset}
    >
      <label class="field">
        <span>Subjects</span>
        <textarea
          rows={5}
          spellcheck={false}
          value={draft.fields.text}
          onInput={(event) => draft.edit({ text: event.currentTarget.value })}
        />
      </label>
    </SettingForm>
  );
}

function fieldsOf({ subjects }: Experiment): { readonly text: string } {
  return { text: subjects.join('\n') };
}

function subjectsOf(text: string): string[] {
  return [
    ...new Set(
      text
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    ),
  ];
}

function problemOf(subjects: readonly string[]): string | undefined {
  if (subjects.length > MOST) return `At most ${MOST} subjects are allowed; there are ${subjects.length}.`;
  const long = subjects.find((subject) => subject.length > LONGEST);
  return long === undefined
    ? undefined
    : `A subject may have at most ${LONGEST} characters: "${long.slice(0, 20)}…" has ${long.length}.`;
}
