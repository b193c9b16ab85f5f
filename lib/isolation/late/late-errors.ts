import type { LateWork } from '../../experiment/late-work.js';
import { LateProcess, type LateSurroundings } from './late-process.js';

/**
 * Contains what the later work of an application's candidates throws: from the first that is started until all async contexts of candidates
 * have been collected, when nothing of theirs can throw any more. Keeps no process alive.
 */
export class LateErrors implements LateWork {
  private watched: LateProcess | undefined;
  // One for all candidates while any of them lives: to register each would cost ten times as much.
  private held: WeakRef<object> | undefined;
  private readonly collected = new FinalizationRegistry<undefined>(() => this.end());

  constructor(private readonly surroundings: LateSurroundings) {}

  begin(): object {
    return this.held?.deref() ?? this.watch();
  }

  private watch(): object {
    const held = {};
    this.held = new WeakRef(held);
    this.collected.register(held, undefined);
    this.watched ??= new LateProcess(this.surroundings);
    return held;
  }

  private end(): void {
    // Another may have taken its place before it was told of as collected.
    if (this.held?.deref() !== undefined) return;
    this.watched?.end();
    this.watched = undefined;
  }
}
