import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExperimentCode } from '../../lib/experiment/code-fingerprint.js';
import { resolveOptions } from '../../lib/experiment/definition.js';
import type { ExperimentOptions } from '../../lib/experiment/experiment.options.js';
import type { AnyFunction } from '../../lib/experiment/option-types.js';
import { optionShape } from '../../lib/experiment/validation.js';
import { makeFingerprint } from '../../lib/recording/writing/entry.js';
import { readApplicationVersion } from '../../lib/studies/application-version.js';
import { experimentRow, RecordingProcess } from '../support/recording.js';

const NOW = Date.UTC(2026, 10, 24, 12);

/** The fingerprint of an experiment's code. */
function fingerprintOf(
  options: ExperimentOptions = {},
  control: AnyFunction = () => 1,
  candidates: Readonly<Record<string, AnyFunction | undefined>> = { candidate: () => 2 },
): string {
  const defined = Object.entries(candidates).map(([name, source]) => ({ name, source, call: () => undefined }));
  return new ExperimentCode({ name: 'a', control: 'control', candidates: defined, options: resolveOptions(options) }, control)
    .fingerprint;
}

describe('the fingerprint of code', () => {
  it('is the same for the same code, whichever objects it is in', () => {
    const make = () => fingerprintOf({ compare: (a, b) => a === b }, (x: number) => x + 1, { v2: (x: number) => x + 2 });
    expect(make()).toBe(make());
    expect(make()).toMatch(/^[0-9a-f]{16}$/);
    const [a, b] = [() => 2, () => 3];
    expect(fingerprintOf({}, () => 1, { a, b })).toBe(fingerprintOf({}, () => 1, { b, a }));
  });

  it('is another with another control, candidate, or name of one', () => {
    const others = [
      fingerprintOf(),
      fingerprintOf({}, () => 2),
      fingerprintOf({}, () => 1, { candidate: () => 3 }),
      fingerprintOf({}, () => 1, { v2: () => 2 }),
      fingerprintOf({}, () => 1, { candidate: () => 2, v3: () => 2 }),
      fingerprintOf({}, () => 1, { candidate: undefined }),
    ];
    expect(new Set(others).size).toBe(others.length);
  });

  // What only limits, publishes or records does not change what is compared.
  const without = new Set(
    'percentEnabled context contexts beforeRun afterRun diff redact redactDefaults maxConcurrent raiseOnMismatch raiseWith noise record recordValues'.split(
      ' ',
    ),
  );
  const values: Partial<Record<keyof ExperimentOptions, unknown>> = {
    context: { a: 1 },
    contexts: { a: { b: 1 } },
    ignorePaths: ['$.a'],
    redact: ['a'],
    redactDefaults: false,
    equality: ['structural'],
    mode: 'serial',
    order: 'controlFirst',
    isolate: 'none',
    inTransaction: 'detached',
    raiseOnMismatch: true,
    recheck: true,
    record: false,
    recordValues: false,
    percentEnabled: 7,
    noise: 7,
    timeout: 7,
    maxConcurrent: 7,
    copyBudget: 7,
    compareBudget: 7,
  };

  it.each(Object.keys(optionShape) as (keyof ExperimentOptions)[])(
    'depends on "%s" only if that changes what is compared',
    (option) => {
      const given = { [option]: values[option] ?? (() => option) } as ExperimentOptions; // one of them
      const changed = fingerprintOf(given) !== fingerprintOf();
      expect(changed).toBe(!without.has(option));
    },
  );

  it('sees into lists of functions, and is not confused by functions that describe themselves', () => {
    const same = (source: string) =>
      fingerprintOf({ ignore: [() => true, Object.assign(() => false, { toString: () => source })] });
    expect(same('a')).toBe(same('b'));
    expect(same('a')).not.toBe(fingerprintOf({ ignore: [() => true, () => true] }));
    const circular: { self?: unknown } = {};
    circular.self = circular;
    expect(fingerprintOf({ mode: circular as never })).toMatch(/^[0-9a-f]{16}$/); // as if it had not been checked
  });

  it('tells classes and their equalities apart', () => {
    class Money {
      cents = 1;
    }
    class Weight {
      grams = 1;
    }
    const equal = () => true;
    const others = [
      fingerprintOf(),
      fingerprintOf({ equality: [[Money, equal]] }),
      fingerprintOf({ equality: [[Weight, equal]] }),
      fingerprintOf({ equality: [[Money, () => false]] }),
      fingerprintOf({ equality: ['structural'] }),
    ];
    expect(new Set(others).size).toBe(others.length);
  });

  it('depends on the fields that an operator leaves out, in whatever order', () => {
    expect(makeFingerprint('a', ['$.a', '$.b'])).toBe(makeFingerprint('a', ['$.b', '$.a', '$.b']));
    expect(new Set([makeFingerprint('a', []), makeFingerprint('a', ['$.a']), makeFingerprint('b', [])]).size).toBe(3);
  });
});

describe('an epoch', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: NOW });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is looked up once, and again every ten minutes, with a constant number of statements', async () => {
    const process = new RecordingProcess();
    const flush = async () => {
      const { length } = process.storage.operations;
      process.run();
      await process.recorder.flush();
      return process.storage.operations.slice(length);
    };
    expect(await flush()).toEqual(['claim', 'enter', 'ofWriter', 'write', 'keep']);
    expect(await flush()).toEqual(['beat', 'write']);
    vi.setSystemTime(Date.now() + 601_000);
    expect(await flush()).toContain('enter');
    expect(await flush()).toEqual(['beat', 'write']);
  });

  it('begins anew when it was removed while its process was away, and loses nothing from then on', async () => {
    const process = new RecordingProcess();
    process.run();
    await process.recorder.flush();
    const [first] = process.inner.epochs.of([1]);
    process.inner.epochs.remove([first?.number ?? 0]);
    process.storage.fault = (operation) => (operation === 'write' ? 'before' : undefined);
    process.run();
    await process.recorder.flush();
    process.storage.fault = () => undefined;
    vi.setSystemTime(Date.now() + 601_000);
    process.run();
    await process.recorder.flush();
    const [second, ...others] = process.inner.epochs.of([1]);
    expect(others).toEqual([]);
    expect(second?.number).toBeGreaterThan(first?.number ?? 0);
    const rows = process.inner.tallies.totals([{ experimentId: 1, epoch: second?.number ?? 0 }]);
    expect(rows.filter(({ candidate }) => candidate === 'v2').map(({ content }) => content.runs)).toEqual([2]);
  });

  it('is announced by the process that writes it, until an operator changes what is left out', async () => {
    let row = experimentRow();
    const process = new RecordingProcess({ find: () => row });
    expect(process.recorder.epochs).toEqual([]);
    process.run();
    await process.recorder.flush();
    expect(process.recorder.epochs).toEqual([1]);
    row = { ...row, ignorePaths: ['$.a'] };
    expect(process.recorder.epochs).toEqual([]);
    process.run({}, undefined, row.ignorePaths);
    await process.recorder.flush();
    expect(process.recorder.epochs).toEqual([2]);
    row = { ...row, ignorePaths: [] };
    process.run();
    await process.recorder.flush();
    expect(process.recorder.epochs).toEqual([1]);
  });

  it('is written while the storage was away, and after an operator has changed what is left out', async () => {
    let row = experimentRow();
    const process = new RecordingProcess({ find: () => row });
    process.storage.fault = () => 'before';
    process.run();
    await process.recorder.flush();
    row = { ...row, ignorePaths: ['$.a'] };
    process.recorder.skipped('search', 'runIf');
    process.run();
    await process.recorder.flush();
    process.storage.fault = () => undefined;
    await process.recorder.flush();
    const epochs = process.inner.epochs.of([1]).sort((one, other) => one.number - other.number);
    const runs = epochs.map(({ number }) => {
      const rows = process.inner.tallies.totals([{ experimentId: 1, epoch: number }]);
      return rows.find(({ candidate }) => candidate === 'v2')?.content.runs;
    });
    // The second run was compared before the change.
    expect(runs.toSorted()).toEqual([2, undefined]);
  });
});

describe('the version of the application', () => {
  it('is that of the nearest package above its main script, or above the working directory', () => {
    expect(readApplicationVersion(undefined)).toMatch(/^\d+\.\d+\.\d+/);
    const nest = readApplicationVersion(undefined, 'node_modules/@nestjs/common/decorators');
    expect(nest).toMatch(/^1\d\./);
    expect(readApplicationVersion(`${process.cwd()}/lib/index.js`, '/')).toBe(readApplicationVersion(undefined));
    expect(readApplicationVersion(`${process.cwd()}/node_modules/vitest/vitest.mjs`, process.cwd())).toBe(
      readApplicationVersion(undefined),
    );
  });

  it('is empty where there is none', () => {
    expect(readApplicationVersion('/nowhere/main.js', '/nowhere')).toBe('');
  });
});
