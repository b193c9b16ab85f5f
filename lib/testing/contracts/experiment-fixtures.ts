import type { ExperimentSettings } from '../../storage/experiment-row.js';

/** Settings that differ from those of a new experiment. */
export const SETTINGS: ExperimentSettings = {
  percentEnabled: 12.34,
  startsAt: null,
  endsAt: null,
  subjects: [],
  targetRate: 0.01,
  confidence: 0.9,
  minSpan: 12,
  ignorePaths: [],
  guardrails: {},
  haltedAt: null,
  haltReason: null,
};

/** Time of every change. */
export const AT = new Date('2026-05-01T10:20:30.456Z');
