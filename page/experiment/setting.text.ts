import { duration, share } from '../text/figure.text.js';
import { exactTimeText } from '../text/time.text.js';

const LABELS = new Map([
  ['percentEnabled', 'Calls'],
  ['startsAt', 'Start'],
  ['endsAt', 'End'],
  ['subjects', 'Always in'],
  ['targetRate', 'May differ'],
  ['confidence', 'Confidence'],
  ['minSpan', 'Over'],
  ['ignorePaths', 'Left out'],
  ['guardrails', 'Guardrails'],
  ['haltedAt', 'Halted'],
  ['haltReason', 'Halt reason'],
]);

/** Returns the label of a setting. */
export function settingLabel(key: string): string {
  return LABELS.get(key) ?? key;
}

/** Formats the value of a setting. */
export function settingText(key: string, value: unknown): string {
  if (value === null || value === undefined) return NOTHING.get(key) ?? 'none';
  if (typeof value === 'number') return key === 'percentEnabled' ? `${value} %` : numberText(key, value);
  if (typeof value === 'string') return TIMES.has(key) ? exactTimeText(new Date(value)) : value;
  if (Array.isArray(value)) return value.length === 0 ? 'nothing' : value.map(String).join(', ');
  if (key === 'guardrails') return guardrailsText(Object.entries(value));
  return JSON.stringify(value);
}

const TIMES = new Set(['startsAt', 'endsAt', 'haltedAt']);
const NOTHING = new Map([
  ['startsAt', 'at once'],
  ['endsAt', 'never'],
  ['haltedAt', 'no'],
]);

/** Labels of guardrails, in the order in which they are shown. */
export const GUARDRAIL_LABELS: Readonly<Record<string, string>> = {
  errorRate: 'failing',
  mismatchRate: 'mismatched',
  slowerBy: 'slower',
  blockedFor: 'blocking',
};

function guardrailsText(limits: readonly (readonly [string, unknown])[]): string {
  if (limits.length === 0) return 'by default';
  return limits.map(([key, limit]) => `${GUARDRAIL_LABELS[key] ?? key} ${limitText(key, limit)}`).join(', ');
}

function limitText(key: string, limit: unknown): string {
  return typeof limit === 'number' ? numberText(key, limit) : limit === null ? 'no limit' : JSON.stringify(limit);
}

function numberText(key: string, value: number): string {
  switch (key) {
    case 'targetRate':
    case 'confidence':
    case 'errorRate':
    case 'mismatchRate':
      return share(value);
    case 'minSpan':
      return `${value} h`;
    case 'blockedFor':
      return duration(value);
    case 'slowerBy':
      return `${value}×`;
    default:
      return String(value);
  }
}
