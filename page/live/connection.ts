import { Failure } from '../api/failure.js';
import { Store } from './store.js';

/** Whether the server answers; times are in ms since the epoch. */
export type Connection =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'there'; readonly at: number }
  | { readonly kind: 'closed' }
  | { readonly kind: 'away'; readonly since: number; readonly lastAt: number | undefined; readonly reason: string };

/** What the last requests have shown. */
export const connection = new Store<Connection>({ kind: 'unknown' });

/** Takes what came of a request: undefined for an answer. */
export function told(failure: Failure | undefined, now = Date.now()): void {
  connection.set(after(connection.value, failure, now));
}

/** What is known after another request. What the server refuses shows that it is there, but for who is not let in. */
export function after(before: Connection, failure: Failure | undefined, now: number): Connection {
  const isAway = failure?.kind === 'unreachable' || failure?.kind === 'unavailable';
  if (failure?.kind === 'closed') return before.kind === 'closed' ? before : { kind: 'closed' };
  if (!isAway) return { kind: 'there', at: now };
  if (before.kind === 'away') return { ...before, reason: failure.message };
  return { kind: 'away', since: now, lastAt: before.kind === 'there' ? before.at : undefined, reason: failure.message };
}
