import { fromDone, type Done, type DriverConnection } from './driver-connection.js';

/**
 * Makes a connection of `pg` send its statements one after the other: TypeORM's runners expect to have a connection for themselves, and
 * the driver warns of statements that overtake others. Anything but a statement, such as a cursor, is passed on at once.
 */
export function oneAtATime(connection: DriverConnection): DriverConnection {
  let previous: Promise<unknown> = Promise.resolve();
  const send = connection.query.bind(connection) as (...args: unknown[]) => unknown;
  const inTurn = (act: () => unknown): Promise<unknown> => {
    const sent = previous.then(act);
    previous = sent.catch(() => undefined);
    return sent;
  };
  const query = (...args: unknown[]): unknown => {
    const done = args.at(-1);
    if (typeof args[0] !== 'string') return send(...args);
    if (typeof done !== 'function') return inTurn(() => send(...args));
    inTurn(() => fromDone((tell) => send(...args.slice(0, -1), tell))).then(
      (result) => (done as Done)(undefined, result),
      (error: unknown) => (done as Done)(error as Error, undefined), // as the driver gives it
    );
    return undefined;
  };
  return new Proxy(connection, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (key === 'query') return query;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
