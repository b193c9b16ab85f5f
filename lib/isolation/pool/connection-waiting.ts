import type { CandidateContext } from '../../experiment/run-context.js';

/** Timer of the periods in which a candidate only waits for connections. They don't count as its duration. */
export class Waiting {
  private statements = 0;
  private since = 0;

  constructor(private readonly candidate: CandidateContext) {}

  /** Waits for a connection. */
  async connection<Value>(obtain: () => Promise<Value>): Promise<Value> {
    this.change(1, 0);
    try {
      return await obtain();
    } finally {
      this.change(-1, 0);
    }
  }

  /** Waits for the result of a statement. */
  async statement<Value>(send: () => Promise<Value>): Promise<Value> {
    this.change(0, 1);
    try {
      return await send();
    } finally {
      this.change(0, -1);
    }
  }

  private change(connections: number, statements: number): void {
    const { candidate } = this;
    const now = performance.now();
    if (candidate.waits > 0 && this.statements === 0) candidate.waited += now - this.since;
    this.since = now;
    candidate.waits += connections;
    this.statements += statements;
  }
}
