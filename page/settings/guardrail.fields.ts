import { DEFAULT_GUARDRAILS, type Guardrails, type SomeGuardrails } from '../api/experiment.js';
import { numberOf, percentField, problemWith, shareOf } from './number.text.js';

/** A guardrail in a field. */
export interface GuardrailField {
  readonly key: keyof Guardrails;
  readonly label: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly toField: (value: number) => string;
  readonly fromField: (text: string) => number | undefined;
}

/** Choice of a guardrail's limit: the default, none, or the value in its field. */
export type Choice = 'default' | 'none' | 'value';

/** Content of a guardrail's fields. */
export interface Chosen {
  readonly choice: Choice;
  readonly text: string;
}

const plain = { toField: String, fromField: numberOf };
const percent = { toField: percentField, fromField: shareOf, unit: '% of runs', min: 0, max: 100 };

/** All guardrails, in the order in which they are shown. */
export const GUARDRAIL_FIELDS: readonly GuardrailField[] = [
  { key: 'errorRate', label: 'Failing or timed out', ...percent },
  { key: 'mismatchRate', label: 'Mismatched', ...percent },
  { key: 'slowerBy', label: 'Slower than the control, in half of runs', unit: '×', min: 1, max: 1_000_000, ...plain },
  { key: 'blockedFor', label: 'Blocking the event loop', unit: 'ms', min: 0, max: 3_600_000, ...plain },
];

/** Returns the content of the fields for guardrails. */
export function chosenOf(set: SomeGuardrails): Record<string, Chosen> {
  return Object.fromEntries(
    GUARDRAIL_FIELDS.map(({ key, toField }): [string, Chosen] => {
      const value = set[key];
      if (value === undefined) return [key, { choice: 'default', text: '' }];
      return [key, value === null ? { choice: 'none', text: '' } : { choice: 'value', text: toField(value) }];
    }),
  );
}

/** Returns the guardrails for the content of the fields. */
export function guardrailsOf(fields: Readonly<Record<string, Chosen>>): Partial<Guardrails> {
  return Object.fromEntries(
    GUARDRAIL_FIELDS.flatMap(({ key, fromField }) => {
      const { choice, text } = fields[key] ?? { choice: 'default', text: '' };
      if (choice === 'default') return [];
      return [[key, choice === 'none' ? null : fromField(text)]];
    }),
  );
}

/** Describes the first invalid field; undefined if all are valid. */
export function guardrailProblem(fields: Readonly<Record<string, Chosen>>): string | undefined {
  for (const { key, label, unit, min, max } of GUARDRAIL_FIELDS) {
    const { choice, text } = fields[key] ?? { choice: 'default', text: '' };
    const problem = choice === 'value' ? problemWith(label, numberOf(text), min, max, ` ${unit}`) : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Describes the default of a guardrail. */
export function defaultText({ key, toField, unit }: GuardrailField): string {
  const value = DEFAULT_GUARDRAILS[key];
  return value === null ? 'no limit' : `${toField(value)} ${unit}`;
}
