import type { Experiment } from '../api/experiment.js';
import { useDraft } from '../experiment/use.draft.js';
import { NumberField } from './number.field.js';
import { numberOf, percentField, problemWith, shareOf } from './number.text.js';
import { SettingForm, type SettingFormProps } from './setting.form.js';

/** Form of the target and the confidence of readiness. */
export function MeasureForm({ experiment, changing }: SettingFormProps) {
  const draft = useDraft(experiment, changing, fieldsOf);
  const { target, confidence, minSpan } = draft.fields;
  const change = {
    targetRate: shareOf(target) ?? 0,
    confidence: shareOf(confidence) ?? 0,
    minSpan: numberOf(minSpan) ?? 0,
  };
  return (
    <SettingForm
      title="Readiness"
      hint="A candidate is ready when fewer calls than this differ, with this confidence, over this time or longer."
      problem={
        problemWith('May differ', numberOf(target), 0.0001, 50, ' %') ??
        problemWith('Confidence', numberOf(confidence), 50, 99.9999, ' %') ??
        problemWith('Over', numberOf(minSpan), 0, 8_784, ' hours')
      }
      isChanged={draft.isChanged}
      onSave={() => draft.send({ text: 'the target is set', change: () => change })}
      onReset={draft.reset}
    >
      <NumberField label="May differ" unit="% of calls" value={target} onInput={(value) => draft.edit({ target: value })} />
      <NumberField label="Confidence" unit="%" value={confidence} onInput={(value) => draft.edit({ confidence: value })} />
      <NumberField label="Over" unit="hours" value={minSpan} onInput={(value) => draft.edit({ minSpan: value })} />
    </SettingForm>
  );
}

function fieldsOf({ targetRate, confidence, minSpan }: Experiment) {
  return { target: percentField(targetRate), confidence: percentField(confidence), minSpan: String(minSpan) };
}
