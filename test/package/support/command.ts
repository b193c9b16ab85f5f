import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** How a command ended, and what it wrote. */
export interface Finished {
  /** null when it was killed. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd: string;
  /** @default that of the tests */
  readonly env?: NodeJS.ProcessEnv;
  /** ms after which it is killed. */
  readonly timeout: number;
}

/** Runs a command to its end, whatever that is. */
export async function run(command: string, args: readonly string[], options: CommandOptions): Promise<Finished> {
  const child = spawn(command, args, { ...options, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'pipe'] });
  const [[exitCode], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>, // as `close` is documented
    text(child.stdout),
    text(child.stderr),
  ]);
  return { exitCode, stdout, stderr };
}

/**
 * Runs a command that has to succeed.
 *
 * @returns what it wrote to its standard output
 * @throws Error with what it wrote, when it fails
 */
export async function succeed(command: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const finished = await run(command, args, options);
  if (finished.exitCode !== 0) throw failureOf([command, ...args].join(' '), finished);
  return finished.stdout;
}

/** Says how a command ended that ought to have ended otherwise. */
export function failureOf(command: string, { exitCode, stdout, stderr }: Finished): Error {
  const end = exitCode === null ? 'did not end by itself and was killed' : `ended with ${exitCode}`;
  return new Error(`${command} ${end}:\n${stdout}\n${stderr}`);
}
