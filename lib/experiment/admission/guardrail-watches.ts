import { GuardrailWatch, type RunCounts, type Watched } from './guardrail-watch.js';
import type { Guardrails } from '../guardrails.js';

/** Judges the candidates of an experiment, each by its own runs, from one version of the experiment's settings to the next. */
export class GuardrailWatches {
  private readonly watches = new Map<string, GuardrailWatch>();

  /**
   * @param since when the settings were changed, in ms since the epoch
   * @param halt stops the experiment
   */
  constructor(
    private readonly guardrails: Partial<Guardrails>,
    readonly since: number,
    private readonly halt: (reason: string) => void,
  ) {}

  /** Takes a candidate's run. */
  observe(candidate: string, run: Watched): void {
    this.judge(candidate, (watch) => watch.observe(run));
  }

  /** Takes for how long a candidate's run has blocked the event loop of which nothing else can be said. */
  observeBlock(candidate: string, ms: number): void {
    this.judge(candidate, (watch) => watch.observeBlock(ms));
  }

  /** Takes for how long a candidate has blocked the event loop whose run goes on, and is still to be observed. */
  beginBlock(candidate: string, ms: number): void {
    this.judge(candidate, (watch) => watch.beginBlock(ms));
  }

  /** Takes that a candidate's run has failed after it was observed. */
  failedLate(candidate: string): void {
    this.judge(candidate, (watch) => watch.failedLate());
  }

  /** Takes what other processes have counted of a candidate under these settings. */
  takeOthers(candidate: string, runs: RunCounts): void {
    this.judge(candidate, (watch) => watch.takeOthers(runs));
  }

  /** Whether the runs since this was last asked make it worth knowing what other processes have counted. */
  asks(): boolean {
    let asks = false;
    for (const watch of this.watches.values()) if (watch.asks()) asks = true;
    return asks;
  }

  private judge(candidate: string, by: (watch: GuardrailWatch) => string | undefined): void {
    let watch = this.watches.get(candidate);
    if (watch === undefined) {
      watch = new GuardrailWatch(this.guardrails);
      this.watches.set(candidate, watch);
    }
    const reason = by(watch);
    if (reason !== undefined) this.halt(`Candidate "${candidate}": ${reason}`);
  }
}
