import { GuardrailWatch, type RunCounts, type Watched } from './guardrail-watch.js';
import type { Guardrails } from '../guardrails.js';

/** Watches over the candidates of an experiment, each by its own runs, from one version of the experiment's settings to the next. */
export class GuardrailWatches {
  private readonly watches = new Map<string, GuardrailWatch>();

  /**
   * @param guardrails limits that are set
   * @param since time of the last change of the settings, in ms since the epoch
   * @param halt stops the experiment
   */
  constructor(
    private readonly guardrails: Partial<Guardrails>,
    readonly since: number,
    private readonly halt: (reason: string) => void,
  ) {}

  /** Counts a candidate's run. */
  observe(candidate: string, run: Watched): void {
    this.judge(candidate, (watch) => watch.observe(run));
  }

  /** Counts the time, in ms, for which a candidate's run blocked the event loop, if nothing else is known of it. */
  observeBlock(candidate: string, ms: number): void {
    this.judge(candidate, (watch) => watch.observeBlock(ms));
  }

  /** Judges a block of a candidate's run that goes on, and will be counted by `observe`. */
  beginBlock(candidate: string, ms: number): void {
    this.judge(candidate, (watch) => watch.beginBlock(ms));
  }

  /** Counts the failure of a candidate's run that was counted already. */
  failedLate(candidate: string): void {
    this.judge(candidate, (watch) => watch.failedLate());
  }

  /** Counts runs of a candidate in other processes under these settings. */
  takeOthers(candidate: string, runs: RunCounts): void {
    this.judge(candidate, (watch) => watch.takeOthers(runs));
  }

  /** Tells whether the runs since the last call make other processes' counts worth knowing. */
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
