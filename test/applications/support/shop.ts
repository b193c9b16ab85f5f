import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { succeed } from '../../package/support/command.js';
import type { PackedTarball } from '../../package/support/tarball.js';
import { makeDatabase, removeDatabase } from './own-database.js';
import type { Servers } from './servers.js';
import type { Stack } from './stack.js';
import type { Experiments, Transcript } from './transcript.js';

const SOURCE = join(import.meta.dirname, '../shop');

const QUICK = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts'];

/** ms for the application to start, and to end. */
const PATIENCE = 60_000;

/** ms for the client to use the application in every way. */
const PLAYING = 180_000;

/** The application in `shop`, installed and built with one set of versions. */
export class Shop {
  private constructor(
    private readonly directory: string,
    private readonly stack: Stack,
  ) {}

  /** Makes the project, installs the packed library and all else, and builds it. */
  static async install(stack: Stack, tarball: PackedTarball, workspace: string): Promise<Shop> {
    const directory = join(workspace, stack.folder);
    const own = join(SOURCE, 'stacks', stack.folder);
    await cp(SOURCE, directory, { recursive: true, filter: (path) => !path.startsWith(join(SOURCE, 'stacks')) });
    await cp(own, directory, { recursive: true });
    await succeed('npm', ['install', ...QUICK, tarball.file], { cwd: directory, timeout: 300_000 });
    await succeed('npm', ['run', '--silent', 'build'], { cwd: directory, timeout: 120_000 });
    return new Shop(directory, stack);
  }

  /** Starts the application with an empty database, has the client use it, and ends it. */
  async play(experiments: Experiments, servers: Servers): Promise<Transcript> {
    const prefix = `${this.stack.folder}-${process.pid}-${experiments.padStart(6, '0')}`;
    const environment = await this.environment(experiments, servers, prefix);
    const app = this.start(environment);
    const log = Promise.all([app.stdout, app.stderr].map(async (stream) => (stream === null ? '' : text(stream))));
    try {
      await Promise.race([once(app, 'message'), once(app, 'close'), timeout('start')]);
      if (app.exitCode !== null) throw new Error(`The application did not start:\n${(await log).join('\n')}`);
      const file = join(this.directory, `transcript-${experiments}.json`);
      await succeed(process.execPath, ['dist/client/main.js', file], { cwd: this.directory, env: environment, timeout: PLAYING });
      const end = await stop(app);
      const written = (await readFile(file, 'utf8')).replaceAll(prefix, 'shop');
      return { ...(JSON.parse(written) as Transcript), log: lines((await log).join('')), end };
    } finally {
      app.kill('SIGKILL');
      await removeDatabase(this.stack.database, servers);
    }
  }

  private async environment(experiments: Experiments, servers: Servers, prefix: string): Promise<NodeJS.ProcessEnv> {
    const [http, tcp, grpc, ws] = await findPorts(4);
    return {
      PATH: process.env['PATH'],
      EXPERIMENTS: experiments,
      DATABASE_TYPE: this.stack.database,
      DATABASE_URL: await makeDatabase(this.stack.database, servers),
      HTTP_PORT: String(http),
      TCP_PORT: String(tcp),
      GRPC_PORT: String(grpc),
      WS_PORT: String(ws),
      PREFIX: prefix,
      ...(servers.redis && { REDIS_URL: servers.redis }),
      ...(servers.nats && { NATS_URL: servers.nats }),
      ...(servers.rabbitmq && { RABBITMQ_URL: servers.rabbitmq }),
      ...(servers.mqtt && { MQTT_URL: servers.mqtt }),
    };
  }

  /** Starts a process that says when it is ready, by a message to its parent. */
  private start(env: NodeJS.ProcessEnv): ChildProcess {
    return fork('dist/src/main.js', { cwd: this.directory, env, silent: true, execArgv: [] });
  }
}

/** Asks the application to end, and waits until it has. */
async function stop(app: ChildProcess): Promise<string | number | null> {
  const ended = once(app, 'exit') as Promise<[number | null, string | null]>; // as `exit` is documented
  app.kill('SIGTERM');
  const [code, signal] = await Promise.race([ended, timeout('end')]);
  return signal ?? code;
}

async function timeout(what: string): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, PATIENCE).unref());
  throw new Error(`The application did not ${what} within ${PATIENCE} ms.`);
}

/** Leaves out of a log what tells the time and the process. */
function lines(log: string): string[] {
  const plain = stripVTControlCharacters(log).split('\n');
  return plain.map((line) => line.replace(/^\[Nest\] \d+ +- .*? (?=[A-Z]+ \[)/, ''));
}

/** Finds ports that nobody uses. */
async function findPorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return ports;
}
