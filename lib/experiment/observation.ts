import { inspect } from 'node:util';
import type { ExperimentContext } from './experiment-context.js';
import { toFrozenJsonValue, toJsonValue, type JsonValue } from '../values/json-value.js';
import type { Redaction } from '../values/redaction.js';
import type { SkipReason } from './skip-reason.js';

/**
 * What came of a candidate: the same as the control, different, different in a way that is ignored, it threw where the
 * control returned, or it took longer than its timeout.
 *
 * @publicApi
 */
export type Outcome = 'matched' | 'mismatched' | 'ignored' | 'errored' | 'timedOut';

/** What a behaviour did, and how long it took. */
export type Execution<Value = unknown> = (
  { readonly kind: 'returned'; readonly value: Value } | { readonly kind: 'threw'; readonly error: unknown }
) & {
  /** Wall time in ms, by a monotonic clock. */
  readonly duration: number;
  /** CPU time of the process in ms: only for a behaviour that was synchronous, since others share it. */
  readonly cpuTime?: number | undefined;
};

/** What a candidate did; one that was not waited for any longer threw the reason. */
export type CandidateExecution = Execution & {
  readonly timedOut?: true;
  /** ms for which it kept the event loop from everything else, until it returned for the first time. */
  readonly blocked: number;
  /** Why what it did is no evidence, if so. */
  readonly refused?: SkipReason | undefined;
  /** Whether what it had begun failed before it failed itself, and was counted then. */
  readonly wasLate?: boolean;
};

/** The parts of an observation that say whose it is. */
export interface ObservationIdentity {
  readonly name: string;
  /** As it may be told. */
  readonly context: ExperimentContext;
  readonly outcome: Outcome | undefined;
  /** What is not to be told of the value and the error. */
  readonly redaction: Redaction | undefined;
  /** Makes of an error what may be told; must not throw. */
  readonly withoutEntities?: ((error: unknown) => unknown) | undefined;
  /** Tells how a candidate's cleaned value differs; must not throw. */
  readonly diff?: ((cleaned: unknown) => unknown) | undefined;
  /** Whether a candidate gave what the control gives by now. */
  readonly drifted?: boolean | undefined;
}

/** A value as it may be published, and as JSON can hold it. */
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
  /** There where the control, run once more, gave what the candidate had given: the data moved in between, and it is ignored. */
  declare readonly drifted?: true;
  readonly #redaction: Redaction | undefined;

  constructor(identity: ObservationIdentity, execution: Execution) {
    this.name = identity.name;
    this.context = identity.context;
    this.#redaction = identity.redaction;
    this.duration = execution.duration;
    if (execution.cpuTime !== undefined) this.cpuTime = execution.cpuTime;
    if (identity.outcome !== undefined) this.outcome = identity.outcome;
    if (identity.drifted) this.drifted = true;
  }

  /** One line for people: who did what, and how long it took. */
  toString(): string {
    return `${this.name} ${this.did()} in ${this.duration.toFixed(2)} ms`;
  }

  /** The observation with its cleaned value or its error, as JSON can hold it. */
  toJSON(): JsonValue {
    const { name, outcome, drifted, duration, cpuTime, context } = this;
    return {
      name,
      ...(outcome === undefined ? {} : { outcome }),
      ...(drifted === undefined ? {} : { drifted }),
      ...this.gave(),
      ...this.differs(),
      duration,
      ...(cpuTime === undefined ? {} : { cpuTime }),
      context: plainContext(context, this.#redaction),
    };
  }

  [inspect.custom](): string {
    return this.toString();
  }

  /** A value or an error as JSON can hold it, without what is not to be told. */
  protected plain(value: unknown): JsonValue {
    return toJsonValue(value, this.#redaction);
  }

  /** A value as it may be published: itself, unless something of it is not to be told. */
  protected published(value: unknown): Published {
    if (this.#redaction === undefined || !canHold(value)) {
      let plain: { readonly of: JsonValue } | undefined;
      // Made once for all who tell of it: of a large value that takes some ms.
      return { value, plain: () => (plain ??= { of: toFrozenJsonValue(value) }).of };
    }
    const plain = toFrozenJsonValue(value, this.#redaction);
    return { value: plain, plain: () => plain };
  }

  /** What the experiment's `diff` made of a candidate's value that differs, when it was first asked for; else undefined. */
  get diff(): unknown {
    return undefined;
  }

  protected differs(): { [key: string]: JsonValue } {
    return {};
  }

  protected abstract did(): string;
  protected abstract gave(): { [key: string]: JsonValue };
}

class ReturnedObservation<Value> extends BaseObservation {
  readonly kind = 'returned';
  readonly value: Value;
  readonly #clean: (value: Value) => unknown;
  readonly #diff: ((cleaned: unknown) => unknown) | undefined;
  #cleaned: Published | undefined;
  #difference: Published | undefined;

  constructor(identity: ObservationIdentity, execution: Execution & { kind: 'returned' }, clean: (value: Value) => unknown) {
    super(identity, execution);
    this.value = execution.value as Value; // the execution of a behaviour whose type is erased
    this.#clean = clean;
    this.#diff = identity.diff;
    Object.freeze(this);
  }

  /** What is published in place of the value: made once, when it is first asked for. */
  get cleanedValue(): unknown {
    return this.cleaned().value;
  }

  protected did(): string {
    return `returned ${readable(this.cleanedValue, this.cleaned().plain())}`;
  }

  protected gave() {
    return { kind: this.kind, value: this.cleaned().plain() };
  }

  override get diff(): unknown {
    return this.difference()?.value;
  }

  protected override differs(): { [key: string]: JsonValue } {
    const difference = this.difference();
    return difference?.value === undefined ? {} : { diff: difference.plain() };
  }

  private cleaned(): Published {
    return (this.#cleaned ??= this.published(this.#clean(this.value)));
  }

  private difference(): Published | undefined {
    return this.#diff && (this.#difference ??= this.published(this.#diff(this.cleanedValue)));
  }
}

class ThrownObservation extends BaseObservation {
  readonly kind = 'threw';
  readonly error: unknown;
  readonly cleanedValue = undefined;
  readonly #withoutEntities: ((error: unknown) => unknown) | undefined;
  #told: { readonly error: unknown } | undefined;

  constructor(identity: ObservationIdentity, execution: Execution & { kind: 'threw' }) {
    super(identity, execution);
    this.error = execution.error;
    this.#withoutEntities = identity.withoutEntities;
    Object.freeze(this);
  }

  protected did(): string {
    return `threw ${readable(this.error, this.plain(this.told()))}`;
  }

  protected gave() {
    return { kind: this.kind, error: this.plain(this.told()) };
  }

  private told(): unknown {
    return (this.#told ??= { error: this.#withoutEntities === undefined ? this.error : this.#withoutEntities(this.error) }).error;
  }
}

/**
 * What one behaviour did in one run. Immutable. `kind` tells whether `value` or `error` is there; both are as they were
 * when the behaviour settled, whole: what is stored, logged or sent on is to be made of `cleanedValue`, `toJSON()` or `toString()`.
 *
 * @publicApi
 */
export type Observation<Value = unknown> = ReturnedObservation<Value> | ThrownObservation;

/** A candidate's observation, with what came of comparing it. */
export type CandidateObservation<Value = unknown> = Observation<Value> & { readonly outcome: Outcome; readonly drifted?: true };

/** Makes an observation; `clean` must not throw. */
export function makeObservation<Value>(
  identity: ObservationIdentity,
  execution: Execution,
  clean: (value: Value) => unknown,
): Observation<Value> {
  return execution.kind === 'returned'
    ? new ReturnedObservation<Value>(identity, execution, clean)
    : new ThrownObservation(identity, execution);
}

function readable(value: unknown, plain: JsonValue): string {
  return typeof plain === 'string' && typeof value !== 'string' ? plain : JSON.stringify(plain);
}

/** A context as it may be told; where something of it is not to be, a frozen copy. */
export function toldContext(
  context: ExperimentContext,
  redaction: Redaction | undefined,
  withoutEntities: (context: unknown) => unknown,
): ExperimentContext {
  const told = Object.values(context).some(canHold) ? (withoutEntities(context) as ExperimentContext) : context; // a record stays one
  return redaction === undefined ? Object.freeze(told) : (toFrozenJsonValue(told, redaction) as ExperimentContext); // a record becomes one
}

/** What `toldContext` gave, as JSON can hold it. */
export function plainContext(context: ExperimentContext, redaction: Redaction | undefined): JsonValue {
  return redaction === undefined ? toJsonValue(context) : (context as JsonValue); // it is plain already
}

/** Whether a value can hold others. */
function canHold(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
