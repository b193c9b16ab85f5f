import { EventEmitter } from 'node:events';
import type { AsyncLocalStorage } from 'node:async_hooks';
import type { RunContext } from '../../experiment/run-context.js';
import { RenewedProperty } from './renewed-property.js';

type Init = (this: object, ...options: unknown[]) => void;

/**
 * Record of the emitters, and so of the streams, that candidates make. Nothing about a stream itself tells whose it is, and a candidate may
 * return one of its caller's, from a closure or a private field.
 *
 * Every emitter is made by `EventEmitter.init`, which `node:domain` replaces as well. It is another function in candidates' contexts, and
 * only there.
 */
export class MadeEmitters {
  private readonly property: RenewedProperty<Init>;

  constructor(private readonly current: AsyncLocalStorage<RunContext>) {
    this.property = new RenewedProperty<Init>(EventEmitter, 'init', (init) => this.readInit(init));
  }

  /** Renews what others have replaced since. */
  renew(): void {
    this.property.renew();
  }

  /** Restores `EventEmitter.init`. */
  end(): void {
    this.property.end();
  }

  private readInit(init: Init): Init {
    const context = this.current.getStore();
    if (context?.kind !== 'candidate') return init;
    return function (this: object, ...options) {
      context.noteMade(this);
      init.apply(this, options);
    };
  }
}
