import { types } from 'node:util';

/** Client that sends what no gate sees, recognised by its methods. Requests by HTTP are seen by a gate of their own. */
interface KnownClient {
  readonly kind: string;
  /** Methods that it has, of its own or of its class. */
  readonly methods: readonly string[];
}

/** Clients by their packages' documentation. The first that fits is meant. */
const KNOWN: readonly KnownClient[] = [
  { kind: 'a queue of BullMQ or Bull', methods: ['add', 'addBulk'] },
  { kind: 'Redis', methods: ['sendCommand', 'duplicate'] },
  { kind: 'a channel of AMQP', methods: ['sendToQueue', 'publish'] },
  { kind: 'AMQP', methods: ['createConfirmChannel', 'createChannel'] },
  { kind: 'a producer of Kafka', methods: ['sendBatch', 'send'] },
  { kind: 'Kafka', methods: ['producer', 'consumer', 'admin'] },
  { kind: 'a client of microservices', methods: ['emit', 'send', 'connect', 'close'] },
  { kind: 'a transport of mail', methods: ['sendMail'] },
  { kind: 'NATS', methods: ['publish', 'jetstream'] },
  { kind: 'NATS', methods: ['publish', 'requestMany', 'drain'] },
  { kind: 'MQTT', methods: ['publish', 'subscribe', 'unsubscribe', 'reconnect'] },
  { kind: 'a client of gRPC', methods: ['makeUnaryRequest'] },
  { kind: 'Prisma', methods: ['$transaction', '$connect'] },
  { kind: 'Drizzle', methods: ['insert', 'update', 'select', 'transaction', '$with'] },
  { kind: 'Knex', methods: ['raw', 'transaction', 'queryBuilder'] },
  { kind: 'a collection of MongoDB', methods: ['insertOne', 'updateOne', 'initializeOrderedBulkOp'] },
  { kind: 'a model of Mongoose', methods: ['insertMany', 'findOneAndUpdate', 'aggregate'] },
  { kind: 'MongoDB', methods: ['startSession', 'db'] },
  { kind: 'a pool of connections', methods: ['connect', 'query', 'end'] },
  { kind: 'a pool of connections', methods: ['getConnection', 'query', 'end'] },
  { kind: 'a cache', methods: ['get', 'set', 'del'] },
  { kind: 'a cache', methods: ['get', 'set', 'delete', 'disconnect'] },
  { kind: 'Socket.IO', methods: ['emit', 'socketsJoin'] },
];

/** Tells what kind of client an object is; undefined if it is none that is known. Runs no code of the object's. */
export function kindOfClient(value: object): string | undefined {
  if (types.isProxy(value)) return undefined;
  return KNOWN.find(({ methods }) => methods.every((name) => hasMethod(value, name)))?.kind;
}

function hasMethod(value: object, name: string): boolean {
  for (let at: object | null = value; at !== null && !types.isProxy(at); at = Object.getPrototypeOf(at) as object | null) {
    const found = Object.getOwnPropertyDescriptor(at, name);
    // An accessor may give a function; it isn't asked.
    if (found !== undefined) return typeof found.value === 'function' || found.get !== undefined;
  }
  return false;
}
