/**
 * Work in steps, each of which is short. It yields between two steps, where the rest may be left to a later turn of the event loop.
 */
export type Steps<Made> = Generator<undefined, Made, undefined>;

/** Does all steps at once. Returns what they make. */
export function finish<Made>(steps: Steps<Made>): Made {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
