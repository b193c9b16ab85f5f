import { createHook } from 'node:async_hooks';
import { onTestFinished } from 'vitest';

/** Timers that code of the library has set and that are still to fire, also those that keep no process alive. */
export interface Timers {
  /** Where each was set. */
  pending(): Promise<string[]>;
}

/** Watches the library's timers until the end of the test. */
export function watchedTimers(): Timers {
  const set = new Map<number, string>();
  const hook = createHook({
    init(id, type) {
      if (type !== 'Timeout' && type !== 'Immediate') return;
      const at = (new Error().stack ?? '').split('\n').find((line) => /\/lib\/[\w./-]+\.ts/.test(line));
      if (at !== undefined && !at.includes('node_modules')) set.set(id, at.replace(/^.*\/lib\//, 'lib/').replace(/:.*$/, ''));
    },
    destroy(id) {
      set.delete(id);
    },
  });
  hook.enable();
  onTestFinished(() => {
    hook.disable();
  });
  return {
    pending: async () => {
      // Node tells of timers that were cleared in a later turn.
      for (let turn = 0; turn < 2; turn += 1) await new Promise(setImmediate);
      return [...set.values()];
    },
  };
}
