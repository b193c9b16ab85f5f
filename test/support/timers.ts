import { createHook } from 'node:async_hooks';
import { onTestFinished } from 'vitest';

/** Timers that code of the library has set and that are still to fire. */
export interface Timers {
  /** In which file each was set. */
  pending(): Promise<string[]>;
  /** Those that keep the process alive. */
  holding(): Promise<string[]>;
}

interface Timer {
  readonly file: string;
  readonly resource: { hasRef?(): boolean };
}

/** Watches the library's timers until the end of the test. */
export function watchedTimers(): Timers {
  const set = new Map<number, Timer>();
  const hook = createHook({
    init(id, type, _trigger, resource) {
      if (type !== 'Timeout' && type !== 'Immediate') return;
      const file = (new Error().stack ?? '').split('\n').find((line) => /\/lib\/[\w./-]+\.ts/.test(line));
      if (file === undefined || file.includes('node_modules')) return;
      set.set(id, { file: file.replace(/^.*\/lib\//, 'lib/').replace(/:.*$/, ''), resource });
    },
    destroy(id) {
      set.delete(id);
    },
  });
  hook.enable();
  onTestFinished(() => {
    hook.disable();
  });

  const timers = async () => {
    // Node tells of timers that were cleared in a later turn.
    for (let turn = 0; turn < 2; turn += 1) await new Promise(setImmediate);
    return [...set.values()];
  };
  return {
    pending: async () => (await timers()).map(({ file }) => file),
    holding: async () => (await timers()).filter(({ resource }) => resource.hasRef?.() !== false).map(({ file }) => file),
  };
}
