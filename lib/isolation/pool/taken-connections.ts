import type { CandidateContext } from '../../experiment/run-context.js';
import type { StatementGate } from '../../effects/statements/statement-gate.js';

/** Methods of the drivers' connections that send a statement. */
const SENDING = ['query', 'execute'] as const;

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Connection = Partial<Record<(typeof SENDING)[number], Method>>;

/** Guard of drivers' connections, for candidates that take one from a query runner and send statements on it past the runner. */
export class TakenConnections {
  /** Candidates that have the connections now. */
  private readonly owners = new WeakMap<Connection, CandidateContext>();

  constructor(private readonly gate: StatementGate) {}

  /** Guards a connection that a candidate gets. */
  guard(connection: unknown, candidate: CandidateContext): void {
    if (typeof connection !== 'object' || connection === null) return;
    const guarded = connection as Connection; // each method is checked before use
    if (!this.owners.has(guarded)) this.guardMethods(guarded);
    this.owners.set(guarded, candidate);
  }

  private guardMethods(connection: Connection): void {
    const { owners, gate } = this;
    for (const name of SENDING) {
      const method = connection[name];
      if (typeof method !== 'function') continue;
      connection[name] = function (...args) {
        const candidate = owners.get(connection);
        const text = textOf(args[0]);
        if (candidate !== undefined && text !== undefined) gate.pass(text, candidate);
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
