import { GUARDRAILS, type Guardrails } from './guardrails.js';
import type { Outcome } from './observation.js';

/** What guardrails look at in a candidate's run. */
export interface Watched {
  readonly outcome: Outcome;
  /** ms that the candidate, and the control, took. */
  readonly duration: number;
  readonly control: number;
  /** ms for which the candidate kept the event loop. */
  readonly blocked: number;
}

/** Into how many parts a window is divided: the oldest part goes as a whole. */
const PARTS = 10;

/** What is added up. */
interface Sums {
  runs: number;
  failed: number;
  mismatched: number;
  duration: number;
  control: number;
  blocked: number;
}

/** A part of the window, by its number on the clock. */
interface Part {
  readonly number: number;
  readonly sums: Sums;
}

/** Watches the runs of one candidate. */
export class GuardrailWatch {
  private parts: Part[] = [];
  private total = nothing();
  private limits: Guardrails = GUARDRAILS;

  /** @param now a monotonic clock, in ms */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Obeys what an operator has set. */
  obey(set: Partial<Guardrails>): void {
    const limits = { ...GUARDRAILS, ...set };
    if (limits.window !== this.limits.window) this.move([]);
    this.limits = limits;
  }

  /** Takes a run. Gives why the experiment is to be stopped, if it is. */
  observe(run: Watched): string | undefined {
    const number = Math.floor(this.now() / (this.limits.window / PARTS));
    const last = this.parts.at(-1);
    const part = last?.number === number ? last : { number, sums: nothing() };
    if (part !== last) this.move([...this.parts.filter((one) => one.number > number - PARTS), part]);
    add(part.sums, run);
    add(this.total, run);
    return this.total.runs < this.limits.minRuns ? undefined : this.judged();
  }

  private move(parts: Part[]): void {
    this.parts = parts;
    this.total = nothing();
    for (const { sums } of parts) for (const key of KEYS) this.total[key] += sums[key];
  }

  private judged(): string | undefined {
    const { errorRate, mismatchRate, slowerBy, blockedFor } = this.limits;
    const { runs, failed, mismatched, duration, control, blocked } = this.total;
    if (errorRate !== null && failed > errorRate * runs) {
      return `${failed} ${this.during()} failed or timed out: "errorRate" allows ${percent(errorRate)}.`;
    }
    if (mismatchRate !== null && mismatched > mismatchRate * runs) {
      return `${mismatched} ${this.during()} were mismatched: "mismatchRate" allows ${percent(mismatchRate)}.`;
    }
    if (slowerBy !== null && duration > slowerBy * control) {
      const took = `${this.average(duration)} where the control took ${this.average(control)}`;
      return `took ${took}, on average ${this.during()}: "slowerBy" allows ${slowerBy} times as long.`;
    }
    if (blockedFor !== null && blocked > blockedFor * runs) {
      const held = `kept the event loop for ${this.average(blocked)}`;
      return `${held}, on average ${this.during()}: "blockedFor" allows ${blockedFor} ms.`;
    }
    return undefined;
  }

  private during(): string {
    return `of ${this.total.runs} runs in ${this.limits.window / 1_000} s`;
  }

  private average(sum: number): string {
    return `${(sum / this.total.runs).toFixed(1)} ms`;
  }
}

const KEYS = ['runs', 'failed', 'mismatched', 'duration', 'control', 'blocked'] as const satisfies (keyof Sums)[];

function nothing(): Sums {
  return { runs: 0, failed: 0, mismatched: 0, duration: 0, control: 0, blocked: 0 };
}

function add(sums: Sums, { outcome, duration, control, blocked }: Watched): void {
  sums.runs += 1;
  if (outcome === 'errored' || outcome === 'timedOut') sums.failed += 1;
  if (outcome === 'mismatched') sums.mismatched += 1;
  sums.duration += duration;
  sums.control += control;
  sums.blocked += blocked;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(4))} %`;
}
