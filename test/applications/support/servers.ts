import { once } from 'node:events';
import { connect } from 'node:net';
import { REQUIRED } from '../../contract/databases.js';

const DEFAULTS = {
  postgres: process.env['STUDIES_TEST_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/test',
  mysql: process.env['STUDIES_TEST_MYSQL'] ?? 'mysql://root@127.0.0.1:3306/test',
  redis: process.env['STUDIES_TEST_REDIS'] ?? 'redis://127.0.0.1:6379',
  nats: process.env['STUDIES_TEST_NATS'] ?? 'nats://127.0.0.1:4222',
  rabbitmq: process.env['STUDIES_TEST_RABBITMQ'] ?? 'amqp://guest:guest@127.0.0.1:5672',
  mqtt: process.env['STUDIES_TEST_MQTT'] ?? 'mqtt://127.0.0.1:1883',
};

/** A server that applications use. */
export type Server = keyof typeof DEFAULTS;

/** Addresses of the servers that answer. */
export type Servers = Readonly<Partial<Record<Server, string>>>;

/**
 * Looks for all servers, where the environment says or where they usually are.
 *
 * @throws Error when one is missing and `STUDIES_TEST_REQUIRE_DATABASES` is 1
 */
export async function findServers(): Promise<Servers> {
  const found: Partial<Record<Server, string>> = {};
  for (const [name, url] of Object.entries(DEFAULTS) as [Server, string][]) {
    if (await answers(new URL(url))) found[name] = url;
    else if (REQUIRED) throw new Error(`${name} is required, and doesn't answer at ${url}.`);
    else console.warn(`${name} doesn't answer at ${url}, so what needs it is left out.`);
  }
  return found;
}

async function answers({ hostname, port }: URL): Promise<boolean> {
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
