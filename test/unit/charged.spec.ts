import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ExperimentResult } from '../../lib/experiment/result.js';
import { Laboratory, type Given } from './harness.js';

/** ms that the functions of these tests keep the event loop, without anyone waiting for it. */
const LONG = 1_500;
let held = 0;

beforeEach(() => {
  const now = performance.now.bind(performance);
  held = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now() + held);
});

afterEach(() => {
  vi.restoreAllMocks();
});

const keep = () => {
  held += LONG;
};

it.each<[string, Given, ((result: ExperimentResult) => unknown)?]>([
  ['compare', { compare: () => (keep(), false) }],
  ['clean', { clean: keep }, ({ control }) => control.toJSON()],
  ['afterRun', { afterRun: keep }],
  ['publish', {}, keep],
])('the time that "%s" takes is charged to giving way and to the guardrail', async (_, given, publish = () => undefined) => {
  const laboratory = new Laboratory({ publish, guardrails: { blockedFor: 25 } });
  laboratory.registry.eventLoop.read();

  await laboratory.resultOf({ control: () => 1, candidate: () => 1, ...given });

  expect(laboratory.registry.eventLoop.read().delay).toBeGreaterThanOrEqual(LONG);
  expect(laboratory.halts.map(({ reason }) => reason)).toEqual([expect.stringContaining('blocked the event loop for')]);
  laboratory.registry.eventLoop.stop();
});

it('functions that take no time are charged with none', async () => {
  const laboratory = new Laboratory({ publish: () => undefined, guardrails: { blockedFor: 25 } });
  await laboratory.resultOf({
    control: () => 1,
    candidate: () => 2,
    compare: () => false,
    clean: () => 1,
    afterRun: () => undefined,
  });
  expect(laboratory.halts).toEqual([]);
});
