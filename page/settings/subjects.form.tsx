import type { Experiment } from '../api/experiment.js';
import { useDraft } from '../experiment/use.draft.js';
import { SettingForm, type SettingFormProps } from './setting.form.js';

/** How many subjects there can be, and how long one. */
const MOST = 1_000;
const LONGEST = 200;

/** Who is always in. */
export function SubjectsForm({ experiment, changing }: SettingFormProps) {
  const draft = useDraft(experiment, changing, fieldsOf);
  const subjects = subjectsOf(draft.fields.text);
  return (
    <SettingForm
      title="Always in"
      hint="Subjects, such as users, that are in whenever the experiment is on, if its code names the subject of a call. One in a line."
      problem={problemOf(subjects)}
      isChanged={draft.isChanged}
      onSave={() => draft.send({ text: 'who is always in is set', change: () => ({ subjects }) })}
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
  if (subjects.length > MOST) return `There can be ${MOST} subjects, and there are ${subjects.length}.`;
  const long = subjects.find((subject) => subject.length > LONGEST);
  return long === undefined ? undefined : `A subject can have ${LONGEST} characters: "${long.slice(0, 20)}…" has ${long.length}.`;
}
