import { DataSource, EntityManager, Repository } from 'typeorm';
import type { CandidateContext, RunContext } from '../experiment/run-context.js';
import type { Isolation } from '../experiment/ports/isolation.js';
import type { ReadMoment } from '../experiment/ports/read-moment.js';
import type { OwnContext } from '../base/own-context.js';
import { EffectGates, type EffectPlace, type EffectSettings } from '../effects/effect-gates.js';
import type { ContextFork } from './context-forks/context-fork.js';
import { isClsService, isInClsTransaction, type ClsStorage } from './cls/cls-store.js';
import { runForked } from './context-forks/forks.js';
import { findForks } from './context-forks/found-forks.js';
import { HeldConnections } from './pool/held-connections.js';
import { RunMoment } from './moment/run-moment.js';
import { OpenTransactions } from './open-transactions.js';
import { hasRunnerWithin, holdsRunner } from './held-runner.js';
import { canGuard, SourceGuard, type GuardPlace } from './source-guard.js';

/** Settings of an application for the isolation of its candidates. */
export interface IsolationSettings {
  readonly fork: readonly ContextFork[];
  /** Most connections of a candidates' pool. By default a quarter of the application's, at least two. */
  readonly poolMax: number | undefined;
  readonly effects: EffectSettings;
}

/** Parts of the application that isolation needs. */
export interface IsolationEnvironment {
  readonly own: OwnContext;
  /** Returns the run in whose context this is called, if any. */
  running(): RunContext | undefined;
  report(operation: 'candidate' | 'fork', error: unknown, experiment: string): void;
  /** Logs a message for the operator. */
  say(message: string): void;
  /** Calls back with all that the application has, or makes, for a token. Returns the number of its providers. */
  eachOf: EffectPlace['eachOf'];
}

/** Isolation of candidates from their callers' transactions, connections and stores, in all data sources of an application. */
export class CandidateIsolation implements Isolation {
  private readonly transactions = new OpenTransactions();
  private readonly held = new WeakMap<CandidateContext, HeldConnections>();
  /** Guards of data sources that are not closed. */
  private readonly guards = new Set<SourceGuard>();
  private readonly guarded = new WeakSet<DataSource>();
  private readonly effects: EffectGates;
  private forks: readonly ContextFork[] = [];
  private cls: ClsStorage | undefined;

  constructor(
    private readonly settings: IsolationSettings,
    private readonly environment: IsolationEnvironment,
    /** Returns the application's objects, among them the data sources, when all are made. */
    private readonly made: () => readonly unknown[],
  ) {
    this.effects = new EffectGates(settings.effects, {
      running: () => runningCandidate(environment),
      eachOf: (token, see) => environment.eachOf(token, see),
      say: (message) => environment.say(message),
    });
  }

  /**
   * Guards the data sources, and the providers that send something. To be called at the start, and again when the application has loaded
   * more.
   *
   * @throws StudiesError when an option names a provider that there is not
   */
  guard(): void {
    this.effects.guard();
    const made = this.made();
    const sources = made.filter((one) => one instanceof DataSource);
    for (const source of sources) this.guardSource(source);
    this.cls = made.find(isClsService);
    this.forks = [...this.settings.fork, ...findForks(this.cls, sources)];
  }

  /** Guards a data source that the application may have made by hand. */
  guardSource(source: DataSource): void {
    if (this.guarded.has(source) || !canGuard(source)) return;
    this.guarded.add(source);
    this.guards.add(new SourceGuard(source, this.place()));
  }

  /** Tells the operator which clients the candidates of an experiment can reach past the gates. */
  tellReachable(experiment: string, hosts: readonly object[]): void {
    this.effects.tellReachable(experiment, hosts, isOfTypeOrm);
  }

  isInTransaction(args: readonly unknown[]): boolean {
    if (this.cls !== undefined && isInClsTransaction(this.cls)) return true;
    return this.transactions.isOpen || args.some(holdsRunner) || this.isInGuardedTransaction;
  }

  isTransactionWithin(args: readonly unknown[]): boolean {
    return args.some(hasRunnerWithin);
  }

  fork<Value>(candidate: CandidateContext, act: () => Value): Value {
    this.effects.open();
    if (this.forks.length === 0) return act();
    return runForked(this.forks, candidate, act, (error) => this.environment.report('fork', error, candidate.experiment));
  }

  settled(candidate: CandidateContext): void {
    this.held.get(candidate)?.settled();
    if (candidate.moment instanceof RunMoment) candidate.moment.settled(candidate);
  }

  makeMoment(readers: number, timeout: number): ReadMoment {
    return new RunMoment(readers, timeout, this.environment.own);
  }

  /** Closes the candidates' connections. */
  async stop(): Promise<void> {
    this.effects.close();
    await Promise.all(Array.from(this.guards, (guard) => guard.close()));
  }

  private get isInGuardedTransaction(): boolean {
    for (const guard of this.guards) if (guard.isInTransaction) return true;
    return false;
  }

  private place(): GuardPlace {
    const { environment, settings, transactions } = this;
    return {
      own: environment.own,
      max: settings.poolMax,
      transactions,
      opened: (guard) => this.guards.add(guard),
      closed: (guard) => this.guards.delete(guard),
      running: () => environment.running(),
      held: (candidate) => this.heldBy(candidate),
      failed: (error, { experiment }) => environment.report('candidate', error, experiment),
      say: (message) => environment.say(message),
    };
  }

  private heldBy(candidate: CandidateContext): HeldConnections {
    let held = this.held.get(candidate);
    if (held === undefined) {
      held = new HeldConnections(candidate, this.environment.own);
      this.held.set(candidate, held);
    }
    return held;
  }
}

/** What TypeORM works with is guarded with its data source. */
function isOfTypeOrm(value: object): boolean {
  return value instanceof DataSource || value instanceof EntityManager || value instanceof Repository || holdsRunner(value);
}

function runningCandidate(environment: IsolationEnvironment): CandidateContext | undefined {
  const running = environment.running();
  return running?.kind === 'candidate' ? running : undefined;
}
