/**
 * Database servers of a test's own, which it may kill: beside those of the machine, each in a directory and on a port of its own. They
 * end with the process that has started them.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { SmallDisk } from './small-disk.js';

const STARTED_WITHIN = 60_000;

/** What MariaDB sets aside, of which it has much more by default than a small disk. */
const SMALL_FILES = [
  '--innodb-log-file-size=8M',
  '--innodb-data-file-path=ibdata1:5M:autoextend',
  '--innodb-autoextend-increment=1',
];

class PrivateServer {
  #child;
  #disk;

  /** @param user whom it runs as where this process is root, as which databases don't run */
  constructor(name, user) {
    this.name = name;
    this.account = process.getuid?.() === 0 ? accountOf(user) : {};
    this.directory = mkdtempSync(join(tmpdir(), 'studies-server-'));
    if (this.account.uid !== undefined) chownSync(this.directory, this.account.uid, this.account.gid);
  }

  /** Starts it, or starts it again, and waits until it answers. */
  async start() {
    const end = Date.now() + STARTED_WITHIN;
    for (;;) {
      if (this.#child === undefined) this.#spawn();
      try {
        await this.query('SELECT 1');
        return;
      } catch (error) {
        if (Date.now() > end) throw error;
      }
      await pause(50);
    }
  }

  /** Ends it as a failing machine does. */
  kill() {
    return this.#end('SIGKILL');
  }

  /** Ends it as an operator does, who doesn't wait for its clients. */
  stop() {
    return this.#end(this.gentle);
  }

  /** Resolves when it has ended by itself. */
  async ended() {
    if (this.#child !== undefined) await once(this.#child, 'exit');
  }

  /** Takes all space from it. */
  fillDisk() {
    this.#disk.fill();
  }

  /** Gives it the space back. */
  freeDisk() {
    this.#disk.free();
  }

  /** Ends it, and leaves nothing behind. */
  async remove() {
    await this.kill();
    await this.#disk?.unmount();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 20 });
  }

  /** Where it is to keep some of its files: on a disk of their own if a size is given. */
  async place(name, size) {
    if (size === undefined) return join(this.directory, name);
    const { uid, gid } = this.account;
    this.#disk = await SmallDisk.mount(join(this.directory, 'disk'), `size=${size},uid=${uid},gid=${gid},mode=700`);
    return join(this.#disk.directory, name);
  }

  /** Runs a command of the server's that makes its files. */
  prepare(command, args) {
    execFileSync(command, args, { ...this.account, cwd: this.directory, stdio: 'pipe' });
  }

  #spawn() {
    const [command, args] = this.command();
    const child = spawn(command, args, { ...this.account, cwd: this.directory, stdio: 'ignore' });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => {
      process.off('exit', kill);
      if (this.#child === child) this.#child = undefined;
    });
    this.#child = child;
  }

  async #end(signal) {
    const child = this.#child;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

class PostgresServer extends PrivateServer {
  gentle = 'SIGINT';

  static async create(bin, { smallDisk } = {}) {
    const server = new PostgresServer('PostgreSQL', 'postgres');
    server.bin = bin;
    server.port = await freePort();
    server.data = await server.place('data', smallDisk === 'data' ? '64m' : undefined);
    const isLogSmall = smallDisk === 'log';
    const log = await server.place('log', isLogSmall ? '16m' : undefined);
    const files = ['-D', server.data, '-X', log, `--wal-segsize=${isLogSmall ? 1 : 16}`];
    server.prepare(join(bin, 'initdb'), [...files, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']);
    return server;
  }

  /** For TypeORM; through another port, if one is given. */
  options(port = this.port) {
    return { type: 'postgres', url: `postgres://postgres@127.0.0.1:${port}/postgres` };
  }

  command() {
    const settings = [
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${this.directory}`,
      'fsync=off',
      'max_connections=200',
    ];
    return [join(this.bin, 'postgres'), ['-D', this.data, '-p', String(this.port), ...settings.flatMap((one) => ['-c', one])]];
  }

  async query(text) {
    const client = new pg.Client({ connectionString: this.options().url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query('SET default_transaction_read_only = off');
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }

  async setReadOnly(isReadOnly) {
    await this.query(`ALTER SYSTEM SET default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}`);
    await this.query('SELECT pg_reload_conf()');
  }
}

class MariaDbServer extends PrivateServer {
  gentle = 'SIGTERM';

  static async create(bin, { smallDisk } = {}) {
    const server = new MariaDbServer('MariaDB', 'mysql');
    server.bin = bin;
    server.port = await freePort();
    server.data = await server.place('data', smallDisk === 'data' ? '64m' : undefined);
    const settings = [`--datadir=${server.data}`, ...SMALL_FILES, '--auth-root-authentication-method=normal', '--skip-test-db'];
    server.prepare('mariadb-install-db', ['--no-defaults', ...settings]);
    return server;
  }

  options(port = this.port) {
    return { type: 'mariadb', url: `mysql://application@127.0.0.1:${port}/studies` };
  }

  command() {
    // What is committed is the operating system's, and so outlives a server that is killed.
    const small = [
      ...SMALL_FILES,
      '--innodb-buffer-pool-size=16M',
      '--innodb-flush-log-at-trx-commit=2',
      '--performance-schema=OFF',
    ];
    const place = [`--datadir=${this.data}`, `--socket=${join(this.directory, 'socket')}`, `--port=${this.port}`];
    return [this.bin, ['--no-defaults', ...place, '--bind-address=127.0.0.1', ...small]];
  }

  async start() {
    await super.start();
    await this.query('CREATE DATABASE IF NOT EXISTS studies');
    // One who may not write to a server that is read-only, as root may.
    await this.query("CREATE USER IF NOT EXISTS application@'127.0.0.1'");
    await this.query("CREATE USER IF NOT EXISTS application@'localhost'");
    for (const host of ['127.0.0.1', 'localhost']) await this.query(`GRANT ALL ON studies.* TO application@'${host}'`);
  }

  async query(text) {
    const socketPath = join(this.directory, 'socket');
    const client = await mysql.createConnection({ socketPath, user: 'root', connectTimeout: 2_000 });
    try {
      const [rows] = await client.query(text);
      return rows;
    } finally {
      await client.end();
    }
  }

  async setReadOnly(isReadOnly) {
    await this.query(`SET GLOBAL read_only = ${isReadOnly ? 1 : 0}`);
  }
}

/** Makes a PostgreSQL that is not started yet; undefined where this machine has no such program. */
export async function privatePostgres(options) {
  const versions = '/usr/lib/postgresql';
  const bins = existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, 'bin')) : [];
  const bin = [...bins, ...directories()].find((one) => existsSync(join(one, 'initdb')));
  return bin === undefined ? undefined : PostgresServer.create(bin, options);
}

/** Makes a MariaDB that is not started yet; undefined where this machine has no such program. */
export async function privateMariaDb(options) {
  const bin = ['/usr/sbin', ...directories()].find((one) => existsSync(join(one, 'mariadbd')));
  return bin === undefined ? undefined : MariaDbServer.create(join(bin, 'mariadbd'), options);
}

function directories() {
  return (process.env['PATH'] ?? '').split(':');
}

function accountOf(user) {
  const id = (option) => Number(execFileSync('id', [option, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
