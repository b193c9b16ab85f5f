import { inspect } from 'node:util';
import { canHold, plainContext, type ExperimentContext } from './experiment-context.js';
import { toCheckedJsonValue, toFrozenJsonValue, toJsonValue, type JsonValue } from '../values/json-value.js';
import type { ErrorSnapshot } from '../values/error-snapshot.js';
import type { Redaction } from '../values/redaction/redaction.js';
import type { ReadTime } from './read-time.js';
import type { SkipReason } from './skip-reason.js';

/**
 * Outcome of a candidate: the same as the control; different; different in a way that is ignored; an error where the control returned; or
 * longer than its timeout.
 *
 * @publicApi
 */
export type Outcome = 'matched' | 'mismatched' | 'ignored' | 'errored' | 'timedOut';

/** Result of calling a behaviour, and its duration. */
export type Execution<Value = unknown> = (
  | { readonly kind: 'returned'; readonly value: Value }
  | {
      readonly kind: 'threw';
      readonly error: unknown;
      /** Snapshot that the error is of, whose stacks are still to be added. */
      readonly snapshot?: ErrorSnapshot | undefined;
    }
) & {
  /** Wall time in ms, by a monotonic clock. */
  readonly duration: number;
  /** CPU time of the process in ms. Only synchronous behaviours have it, because others share the process's time. */
  readonly cpuTime?: number | undefined;
};

/** Result of calling a candidate. One that timed out threw the reason. */
export type CandidateExecution = Execution & {
  /** Name of the candidate. */
  readonly candidate: string;
  readonly timedOut?: true;
  /** Time, in ms, for which it held the event loop until it first returned. */
  readonly blocked: number;
  /** Reason why the run is no evidence, if there is one. */
  readonly refused?: SkipReason | undefined;
  /** Effects that were refused to it, such as `INSERT orders`. */
  readonly effects?: ReadonlySet<string> | undefined;
  /** Tells whether work that it had begun failed before it failed itself, and was counted then. */
  readonly wasLate?: boolean;
  /** Time at which it has read, with `reads: 'sameMoment'`; undefined if it has read nothing. */
  readonly reads?: ReadTime | undefined;
  /** Result of comparing its value with the control's, without the experiment's rules, if both are ordinary data. */
  readonly known?: 'equal' | 'different' | undefined;
};

/** Parts of an observation that say whose it is. */
export interface ObservationIdentity {
  readonly name: string;
  /** Context without redacted values. */
  readonly context: ExperimentContext;
  readonly outcome: Outcome | undefined;
  /** Redaction of the value and the error. */
  readonly redaction: Redaction | undefined;
  /** Replaces the entities of an error for publication. Must not throw. */
  readonly withoutEntities?: ((error: unknown) => unknown) | undefined;
  /** Describes how a candidate's cleaned value differs. Must not throw. */
  readonly diff?: ((cleaned: unknown) => unknown) | undefined;
  /** Tells whether the control, run once more, agreed with the candidate. */
  readonly drifted?: boolean | undefined;
  /** Time at which a candidate has read, with `reads: 'sameMoment'`. */
  readonly reads?: ReadTime | undefined;
}

/** Value for publication, and its JSON form. */
interface Published {
  readonly value: unknown;
  readonly plain: () => JsonValue;
}

abstract class BaseObservation {
  readonly name: string;
  readonly context: ExperimentContext;
  readonly duration: number;
  declare readonly cpuTime?: number;
  declare readonly outcome?: Outcome;
  /** Set if the control, run once more, agreed with the candidate: the data changed in between, and the difference is ignored. */
  declare readonly drifted?: true;
  /** With `reads: 'sameMoment'`, when the candidate has read. Not set if it has read nothing. */
  declare readonly reads?: ReadTime;
  readonly #redaction: Redaction | undefined;

  constructor(identity: ObservationIdentity, execution: Execution) {
    this.name = identity.name;
    this.context = identity.context;
    this.#redaction = identity.redaction;
    this.duration = execution.duration;
    if (execution.cpuTime !== undefined) this.cpuTime = execution.cpuTime;
    if (identity.outcome !== undefined) this.outcome = identity.outcome;
    if (identity.drifted) this.drifted = true;
    if (identity.reads !== undefined) this.reads = identity.reads;
  }

  /** Describes in one line, for people, what the behaviour did and how long it took. */
  toString(): string {
    return `${this.name} ${this.describeOutcome()} in ${this.duration.toFixed(2)} ms`;
  }

  /** Returns the observation with its cleaned value or its error, as JSON can hold it. */
  toJSON(): JsonValue {
    const { name, outcome, drifted, reads, duration, cpuTime, context } = this;
    return {
      name,
      ...(outcome === undefined ? {} : { outcome }),
      ...(drifted === undefined ? {} : { drifted }),
      ...(reads === undefined ? {} : { reads }),
      ...this.outcomeJson(),
      ...this.differenceJson(),
      duration,
      ...(cpuTime === undefined ? {} : { cpuTime }),
      context: plainContext(context, this.#redaction),
    };
  }

  [inspect.custom](): string {
    return this.toString();
  }

  /** @internal Converts a value or an error to JSON, redacted. */
  protected plain(value: unknown): JsonValue {
    return toJsonValue(value, this.#redaction);
  }

  /** @internal Makes the published form of a value: the value itself, unless it has to be redacted. */
  protected published(value: unknown): Published {
    if (this.#redaction === undefined || !(canHold(value) || typeof value === 'string')) {
      let plain: { readonly of: JsonValue } | undefined;
      // Made once for all readers, because a large value takes some ms.
      return { value, plain: () => (plain ??= { of: toFrozenJsonValue(value) }).of };
    }
    const { plain, isWhole } = toCheckedJsonValue(value, this.#redaction);
    return { value: isWhole ? value : plain, plain: () => plain };
  }

  /** Result of the experiment's `diff` for a candidate's value that differs, computed when it is first read; else undefined. */
  get diff(): unknown {
    return undefined;
  }

  protected differenceJson(): { [key: string]: JsonValue } {
    return {};
  }

  protected abstract describeOutcome(): string;
  protected abstract outcomeJson(): { [key: string]: JsonValue };
}

/**
 * An observation of a behaviour that returned.
 *
 * @publicApi
 */
export class ReturnedObservation<Value> extends BaseObservation {
  readonly kind = 'returned';
  readonly value: Value;
  readonly #keepsPlainData: boolean;
  readonly #clean: (value: Value) => unknown;
  readonly #diff: ((cleaned: unknown) => unknown) | undefined;
  #unredacted: { readonly value: unknown } | undefined;
  #cleaned: Published | undefined;
  #difference: Published | undefined;

  /** @internal `makeObservation` calls it. */
  constructor(identity: ObservationIdentity, execution: Execution & { kind: 'returned' }, clean: (value: Value) => unknown) {
    super(identity, execution);
    this.value = execution.value as Value; // the execution of a behaviour whose type is erased
    this.#clean = clean;
    this.#keepsPlainData = clean === identity.withoutEntities;
    this.#diff = identity.diff;
    Object.freeze(this);
  }

  /** Published form of the value, computed when it is first read. */
  get cleanedValue(): unknown {
    return this.cleaned().value;
  }

  protected describeOutcome(): string {
    return `returned ${outcomeText(this.cleanedValue, this.cleaned().plain())}`;
  }

  protected outcomeJson() {
    return { kind: this.kind, value: this.cleaned().plain() };
  }

  override get diff(): unknown {
    return this.difference()?.value;
  }

  protected override differenceJson(): { [key: string]: JsonValue } {
    const difference = this.difference();
    return difference?.value === undefined ? {} : { diff: difference.plain() };
  }

  /** @internal Tells whether cleaning replaces entities alone, so that it leaves plain data as it is. */
  get keepsPlainData(): boolean {
    return this.#keepsPlainData;
  }

  /** @internal Cleans the value, without redacting it. */
  clean(): unknown {
    return (this.#unredacted ??= { value: this.#clean(this.value) }).value;
  }

  private cleaned(): Published {
    return (this.#cleaned ??= this.published(this.clean()));
  }

  private difference(): Published | undefined {
    return this.#diff && (this.#difference ??= this.published(this.#diff(this.cleanedValue)));
  }
}

/**
 * An observation of a behaviour that threw.
 *
 * @publicApi
 */
export class ThrownObservation extends BaseObservation {
  readonly kind = 'threw';
  readonly error: unknown;
  readonly cleanedValue = undefined;
  readonly #withoutEntities: ((error: unknown) => unknown) | undefined;
  #prepared: { readonly error: unknown } | undefined;

  /** @internal `makeObservation` calls it. */
  constructor(identity: ObservationIdentity, execution: Execution & { kind: 'threw' }) {
    super(identity, execution);
    this.error = execution.error;
    this.#withoutEntities = identity.withoutEntities;
    Object.freeze(this);
  }

  protected describeOutcome(): string {
    return `threw ${outcomeText(this.error, this.plain(this.prepareError()))}`;
  }

  protected outcomeJson() {
    return { kind: this.kind, error: this.plain(this.prepareError()) };
  }

  private prepareError(): unknown {
    return (this.#prepared ??= { error: this.#withoutEntities === undefined ? this.error : this.#withoutEntities(this.error) })
      .error;
  }
}

/**
 * Record of what one behaviour did in one run. Immutable. `kind` tells whether it has a `value` or an `error`. Both are whole, and as they
 * were when the behaviour settled. Use `cleanedValue`, `toJSON()` or `toString()` for anything that is stored, logged or sent on.
 *
 * @publicApi
 */
export type Observation<Value = unknown> = ReturnedObservation<Value> | ThrownObservation;

/**
 * Observation of a candidate, with the outcome of comparing it.
 *
 * @publicApi
 */
export type CandidateObservation<Value = unknown> = Observation<Value> & { readonly outcome: Outcome; readonly drifted?: true };

/** Makes an observation. `clean` must not throw. */
export function makeObservation<Value>(
  identity: ObservationIdentity,
  execution: Execution,
  clean: (value: Value) => unknown,
): Observation<Value> {
  return execution.kind === 'returned'
    ? new ReturnedObservation<Value>(identity, execution, clean)
    : new ThrownObservation(identity, execution);
}

function outcomeText(value: unknown, plain: JsonValue): string {
  return typeof plain === 'string' && typeof value !== 'string' ? plain : JSON.stringify(plain);
}
