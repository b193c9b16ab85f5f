import { vi } from 'vitest';

/** Resolves when something holds, however long the machine takes. */
export async function eventually(holds: () => unknown): Promise<void> {
  await vi.waitFor(holds, { timeout: 60_000, interval: 100 });
}
