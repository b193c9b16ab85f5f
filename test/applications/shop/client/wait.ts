const PATIENCE = 10_000;

/**
 * Asks until the answer is true.
 *
 * @throws Error that names what was waited for, after ten seconds
 */
export async function until(what: string, isTrue: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}.`);
    await pause(10);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
