import type { CandidateContext } from '../../experiment/run-context.js';
import { refuseEffect } from '../../effects/effect-refused.error.js';
import type { Driver } from './second-driver.js';

/** Methods of the drivers' pools and connections that provide a connection, or send a statement. */
const SENDING = [
  ...['connect', 'query', 'getConnection', 'execute'],
  ...['prepare', 'run', 'all', 'get', 'each', 'exec', 'iterate', 'pragma', 'loadExtension', 'backup'],
];

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Connections = Record<string, Method | undefined>;

/** Members in which drivers keep the application's pools and connections. */
interface Members {
  readonly master?: Connections;
  readonly slaves?: Iterable<Connections>;
  readonly pool?: Connections;
  readonly poolCluster?: Connections;
  readonly databaseConnection?: Connections;
}

/** Guard of the application's own pools and connections, for candidates that pass TypeORM by. Those that only read can't use them. */
export class OwnConnections {
  private readonly guarded = new WeakSet<Connections>();

  constructor(private readonly running: () => CandidateContext | undefined) {}

  /** Guards what a driver has now. To be called again when it has connected. */
  guard(driver: Driver): void {
    const { master, slaves, pool, poolCluster, databaseConnection } = driver as unknown as Members; // each driver has some of them
    for (const one of [master, ...(slaves ?? []), pool, poolCluster, databaseConnection]) {
      if (typeof one === 'object' && !this.guarded.has(one)) this.guardMethods(one);
    }
  }

  private guardMethods(connections: Connections): void {
    this.guarded.add(connections);
    const { running } = this;
    for (const name of SENDING) {
      const method = connections[name];
      if (typeof method !== 'function') continue;
      connections[name] = function (...args) {
        const candidate = running();
        if (candidate?.writes === 'refuse') throw refuseEffect(candidate, `${name}() on a connection of the application’s own`);
        return method.apply(this, args);
      };
    }
  }
}
