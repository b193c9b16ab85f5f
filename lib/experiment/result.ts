import { plainContext, type ExperimentContext } from './experiment-context.js';
import type { CandidateObservation, Observation } from './observation.js';
import type { JsonValue } from '../values/json-value.js';
import type { Redaction } from '../values/redaction/redaction.js';

/** Parts that a result is made of. */
export interface ExperimentResultParts<Value = unknown> {
  readonly experiment: string;
  readonly context: ExperimentContext;
  readonly control: Observation<Value>;
  readonly candidates: readonly CandidateObservation<Value>[];
  readonly order: readonly string[];
  readonly startedAt: number;
  /** Redaction of the context. */
  readonly redaction?: Redaction | undefined;
}

/**
 * Result of one run of an experiment: what the control and each candidate did, and whether they agree. Immutable.
 *
 * Exactly one of `matched`, `mismatched` and `ignored` is true.
 *
 * @publicApi
 */
export class ExperimentResult<Value = unknown> {
  /** Name of the experiment. */
  readonly experiment: string;
  readonly context: ExperimentContext;
  readonly control: Observation<Value>;
  readonly candidates: readonly CandidateObservation<Value>[];
  /** Names of the behaviours, in the order in which they were started. */
  readonly order: readonly string[];
  readonly #startedAt: number;
  readonly #redaction: Redaction | undefined;
  /** True if every candidate did what the control did. */
  readonly matched: boolean;
  /** True if a candidate differed in a way that counts: another value, another error, an error, or a timeout. */
  readonly mismatched: boolean;
  /** True if something differed, and all of it is ignored. */
  readonly ignored: boolean;

  /** @internal A run makes it. */
  constructor(parts: ExperimentResultParts<Value>) {
    this.experiment = parts.experiment;
    this.context = parts.context;
    this.control = parts.control;
    this.candidates = Object.freeze(parts.candidates.slice());
    this.order = Object.freeze(parts.order.slice());
    this.#startedAt = parts.startedAt;
    this.#redaction = parts.redaction;
    let matched = true;
    let harmless = true;
    for (const { outcome } of parts.candidates) {
      matched &&= outcome === 'matched';
      harmless &&= outcome === 'matched' || outcome === 'ignored';
    }
    this.matched = matched;
    this.ignored = !matched && harmless;
    this.mismatched = !this.matched && !this.ignored;
    Object.freeze(this);
  }

  get startedAt(): Date {
    return new Date(this.#startedAt);
  }

  /** Returns the result with cleaned values, as JSON can hold it. */
  toJSON(): JsonValue {
    const { experiment, context, control, candidates, order, startedAt, matched, mismatched, ignored } = this;
    return {
      experiment,
      startedAt: startedAt.toISOString(),
      matched,
      mismatched,
      ignored,
      order: [...order],
      context: plainContext(context, this.#redaction),
      control: control.toJSON(),
      candidates: candidates.map((candidate) => candidate.toJSON()),
    };
  }
}
