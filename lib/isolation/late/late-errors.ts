import type { LateWork } from '../../experiment/ports/late-work.js';
import { LateProcess, type LateEnvironment } from './late-process.js';
import { MadeEmitters } from './made-emitters.js';

/**
 * Containment of errors that later work of an application's candidates throws. It lasts from the start of the first candidate until all
 * async contexts of candidates have been collected, when nothing of theirs can throw any more. Keeps no process alive.
 */
export class LateErrors implements LateWork {
  private watched: readonly (LateProcess | MadeEmitters)[] = [];
  // All candidates share one object while any of them lives: registering each would cost ten times as much.
  private held: WeakRef<object> | undefined;
  /** Millisecond of the monotonic clock in which it was last looked whether others have replaced something. */
  private renewedAt = -1;
  private readonly collected = new FinalizationRegistry<undefined>(() => this.end());

  constructor(private readonly environment: LateEnvironment) {}

  begin(now: number): object {
    const held = this.held?.deref();
    if (held === undefined) return this.watch(now);
    this.renew(now);
    return held;
  }

  private watch(now: number): object {
    const held = {};
    this.held = new WeakRef(held);
    this.collected.register(held, undefined);
    if (this.watched.length > 0) this.renew(now);
    else this.watched = [new LateProcess(this.environment), new MadeEmitters(this.environment.current)];
    return held;
  }

  /** Renews what others have replaced. It looks once per ms, because each look reads three properties that are slow to read. */
  private renew(now: number): void {
    const millisecond = Math.trunc(now);
    if (millisecond === this.renewedAt) return;
    this.renewedAt = millisecond;
    for (const one of this.watched) one.renew();
  }

  private end(): void {
    // A new object may have replaced it before its collection was reported.
    if (this.held?.deref() !== undefined) return;
    for (const one of this.watched) one.end();
    this.watched = [];
  }
}
