import type { ComponentChildren } from 'preact';

/** A field for a number, with its unit. */
export function NumberField(props: {
  readonly label: string;
  readonly unit: string;
  readonly value: string;
  readonly hint?: ComponentChildren;
  readonly onInput: (value: string) => void;
}) {
  const { label, unit, value, hint, onInput } = props;
  return (
    <label class="field">
      <span>{label}</span>
      <span class="with-unit">
        <input type="text" inputMode="decimal" size={9} value={value} onInput={(event) => onInput(event.currentTarget.value)} />
        {unit}
      </span>
      {hint !== undefined && <span class="quiet">{hint}</span>}
    </label>
  );
}
