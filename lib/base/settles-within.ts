/**
 * Waits for some work, but no longer than a limit, in ms.
 *
 * @returns true if the work was done in time
 * @throws what the work throws in that time
 */
export async function settlesWithin(limit: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, limit, false);
  });
  try {
    return await Promise.race([work.then(() => true), expired]);
  } finally {
    clearTimeout(timer);
  }
}
