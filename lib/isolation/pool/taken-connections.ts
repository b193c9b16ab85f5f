import type { CandidateContext } from '../../experiment/run-context.js';
import { refuseEffect } from '../../effects/effect-refused.error.js';
import type { StatementEffect } from '../../effects/statements/statement-effect.js';
import type { StatementGate } from '../../effects/statements/statement-gate.js';

/** Methods of the drivers' connections that send a statement. */
const SENDING = ['query', 'execute', 'prepare'] as const;

/** Methods that make a session begin anew, other than it was made for candidates. */
const RESETTING = ['changeUser', 'resetConnection'] as const;

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Connection = Partial<Record<(typeof SENDING)[number] | (typeof RESETTING)[number], Method>>;

/** Candidate that has a connection. */
export interface ConnectionUser {
  readonly candidate: CandidateContext;
  /** Notes what a statement leaves behind on the connection. */
  note(effect: StatementEffect): void;
}

/** Guard of drivers' connections, for candidates that take one from a query runner and send statements on it past the runner. */
export class TakenConnections {
  /** Users of the connections now. */
  private readonly users = new WeakMap<Connection, ConnectionUser>();

  constructor(private readonly gate: StatementGate) {}

  /** Guards a connection that a candidate gets. */
  guard(connection: unknown, user: ConnectionUser): void {
    if (typeof connection !== 'object' || connection === null) return;
    const guarded = connection as Connection; // each method is checked before use
    if (!this.users.has(guarded)) this.guardMethods(guarded);
    this.users.set(guarded, user);
  }

  private guardMethods(connection: Connection): void {
    const { users, gate } = this;
    for (const name of RESETTING) {
      const method = connection[name];
      if (typeof method !== 'function') continue;
      connection[name] = function (...args) {
        const user = users.get(connection);
        if (user?.candidate.writes === 'refuse') throw refuseEffect(user.candidate, `${name}()`);
        return method.apply(this, args);
      };
    }
    for (const name of SENDING) {
      const method = connection[name];
      if (typeof method !== 'function') continue;
      connection[name] = function (...args) {
        const user = users.get(connection);
        const text = textOf(args[0]);
        if (user !== undefined && text !== undefined) user.note(gate.pass(text, user.candidate));
        return method.apply(this, args);
      };
    }
  }
}

/** Returns the text of a statement, which drivers take as it is, in options, or in an object that is sent. */
function textOf(statement: unknown): string | undefined {
  if (typeof statement === 'string') return statement;
  const { text, sql, cursor } = Object(statement) as { text?: unknown; sql?: unknown; cursor?: { text?: unknown } };
  return [text, sql, cursor?.text].find((one) => typeof one === 'string');
}
