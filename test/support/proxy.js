import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A way to a server on which answers can be slow. */
export class Proxy {
  #delay = 0;
  #released = resolvers();
  #sockets = new Set();

  constructor(server, target) {
    this.server = server;
    this.target = target;
    server.on('connection', (client) => this.#connected(client));
  }

  static async to(target, port = 0) {
    const proxy = new Proxy(createServer().listen(port, '127.0.0.1'), target);
    await once(proxy.server, 'listening');
    return proxy;
  }

  get port() {
    return this.server.address().port;
  }

  slowDown(delay) {
    this.#delay = delay;
    this.#released = resolvers();
  }

  speedUp() {
    this.#delay = 0;
    this.#released.resolve();
  }

  close() {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #connected(client) {
    const server = connect(this.target, '127.0.0.1');
    const pairs = [
      [client, server],
      [server, client],
    ];
    for (const [one, other] of pairs) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
    client.on('data', (data) => server.write(data));
    let before = Promise.resolve();
    server.on('data', (data) => {
      const due = Promise.race([pause(this.#delay, undefined, { ref: false }), this.#released.promise]);
      before = Promise.all([before, due]).then(() => client.write(data));
    });
  }
}

function resolvers() {
  const made = {};
  made.promise = new Promise((resolve) => (made.resolve = resolve));
  return made;
}
