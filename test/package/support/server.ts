import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** An application that serves HTTP in a process of its own. */
export class Server {
  private errors = '';

  private constructor(
    private readonly child: ChildProcess,
    private url: string,
  ) {
    child.stderr?.on('data', (text: Buffer) => (this.errors += text.toString()));
  }

  /** Waits until it has printed its address. */
  static async started(child: ChildProcess): Promise<Server> {
    const server = new Server(child, '');
    const lines = createInterface({ input: child.stdout ?? process.stdin });
    const [line] = (await Promise.race([once(lines, 'line'), once(child, 'close').then(() => [undefined])])) as [string?];
    if (line === undefined) throw new Error(`It ended before it listened:\n${server.errors}`);
    server.url = line;
    return server;
  }

  /** What it has written to its standard error. */
  get stderr(): string {
    return this.errors;
  }

  async get(path: string): Promise<unknown> {
    return (await fetch(`${this.url}${path}`)).json();
  }

  async patch(path: string, body: object): Promise<number> {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`${this.url}${path}`, { method: 'PATCH', headers, body: JSON.stringify(body) })).status;
  }

  /** Tells it to stop, and waits for its end. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'close');
  }

  /** Ends it at once, if it still runs. */
  kill(): void {
    this.child.kill('SIGKILL');
  }
}
