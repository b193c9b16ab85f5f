import { Failure } from '../api/failure.js';
import { Store } from './store.js';

/** State of the connection to the server; times are in ms since the epoch. */
export type Connection =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'there'; readonly at: number }
  | { readonly kind: 'closed' }
  | { readonly kind: 'away'; readonly since: number; readonly lastAt: number | undefined; readonly reason: string };

/** Current state of the connection. */
export const connection = new Store<Connection>({ kind: 'unknown' });

/** Records the outcome of a request: a failure, or undefined for an answer. */
export function noteOutcome(failure: Failure | undefined, now = Date.now()): void {
  connection.set(after(connection.value, failure, now));
}

/** Returns the state after another request. A refusal shows that the server is reachable, unless access is denied. */
export function after(before: Connection, failure: Failure | undefined, now: number): Connection {
  const isAway = failure?.kind === 'unreachable' || failure?.kind === 'unavailable';
  if (failure?.kind === 'closed') return before.kind === 'closed' ? before : { kind: 'closed' };
  if (!isAway) return { kind: 'there', at: now };
  if (before.kind === 'away') return { ...before, reason: failure.message };
  return { kind: 'away', since: now, lastAt: before.kind === 'there' ? before.at : undefined, reason: failure.message };
}
