/** Callback of a statement, as drivers call it. */
export type Done = (error: Error | null | undefined, result: unknown) => void;

/** Connection as the drivers of PostgreSQL and MySQL have it. */
export interface DriverConnection {
  query(statement: string, done: Done): unknown;
}

/** Sends a statement of this library, past TypeORM's log and subscribers. */
export function sendRaw(connection: DriverConnection, statement: string): Promise<unknown> {
  return fromDone((done) => connection.query(statement, done));
}

/** Makes a promise of what a driver passes to a callback. */
export function fromDone(act: (done: Done) => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    act((error, result) => {
      if (error === null || error === undefined) resolve(result);
      else reject(error);
    });
  });
}
