import type { Experiment } from '../api/experiment.js';
import { useDraft } from '../experiment/use.draft.js';
import {
  chosenOf,
  defaultText,
  GUARDRAIL_FIELDS,
  guardrailProblem,
  guardrailsOf,
  type Choice,
  type Chosen,
  type GuardrailField,
} from './guardrail.fields.js';
import { SettingForm, type SettingFormProps } from './setting.form.js';

/** Form of the guardrails. */
export function GuardrailsForm({ experiment, changing }: SettingFormProps) {
  const draft = useDraft(experiment, changing, fieldsOf);
  const { fields } = draft;
  return (
    <SettingForm
      title="Guardrails"
      hint="Limits that stop the experiment automatically, as soon as its runs exceed one by more than chance explains."
      problem={guardrailProblem(fields)}
      isChanged={draft.isChanged}
      isWide
      onSave={() => draft.send({ text: 'the guardrails are set', change: () => ({ guardrails: guardrailsOf(fields) }) })}
      onReset={draft.reset}
    >
      <div class="guardrails">
        {GUARDRAIL_FIELDS.map((field) => (
          <Row
            key={field.key}
            field={field}
            chosen={fields[field.key] ?? { choice: 'default', text: '' }}
            onChange={(chosen) => draft.edit({ [field.key]: chosen })}
          />
        ))}
      </div>
    </SettingForm>
  );
}

function fieldsOf({ guardrails }: Experiment): Record<string, Chosen> {
  return chosenOf(guardrails);
}

function Row(props: { readonly field: GuardrailField; readonly chosen: Chosen; readonly onChange: (chosen: Chosen) => void }) {
  const { field, chosen, onChange } = props;
  const { label, unit } = field;
  return (
    <fieldset class="guardrail">
      <legend>{label}</legend>
      <select
        aria-label={`${label}: limit`}
        value={chosen.choice}
        onChange={(event) =>
          onChange({ ...chosen, choice: CHOICES.find((one) => one === event.currentTarget.value) ?? 'default' })
        }
      >
        <option value="default">by default: {defaultText(field)}</option>
        <option value="none">no limit</option>
        <option value="value">at most</option>
      </select>
      {chosen.choice === 'value' && (
        <span class="with-unit">
          <input
            type="text"
            inputMode="decimal"
            size={7}
            aria-label={`${label}, in ${unit}`}
            value={chosen.text}
            onInput={(event) => onChange({ ...chosen, text: event.currentTarget.value })}
          />
          {unit}
        </span>
      )}
    </fieldset>
  );
}

const CHOICES = ['default', 'none', 'value'] as const satisfies readonly Choice[];
