import { EventEmitter } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { inspect } from 'node:util';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import {
  BaseRpcContext,
  KafkaContext,
  MqttContext,
  NatsContext,
  RedisContext,
  RmqContext,
  TcpContext,
} from '@nestjs/microservices';
import { JsonSocket } from '@nestjs/microservices/helpers/index.js';
import { graphql, GraphQLObjectType, GraphQLSchema, GraphQLString, type GraphQLResolveInfo } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { Laboratory } from './harness.js';

const MODES = ['shadow', 'parallel', 'serial'] as const;

/** As amqplib has them. */
class Channel extends EventEmitter {
  constructor(private readonly did: string[]) {
    super();
  }
  ack() {
    this.did.push('ack');
  }
  nack() {
    this.did.push('nack');
  }
  ackAll() {
    this.did.push('ackAll');
  }
  reject() {
    this.did.push('reject');
  }
}

/** As NATS has them: what a stream's message acknowledges with is a message's answer, by the connection of all. */
class Connection {
  readonly options = { onError: () => undefined };
  constructor(private readonly did: string[]) {}
  publish(what: string) {
    this.did.push(what);
  }
}

class Message {
  readonly bytes = Buffer.from('{"id":7}');
  constructor(readonly connection: Connection) {}
  respond(what: string) {
    this.connection.publish(what);
  }
}

class StreamMessage {
  didAck = false;
  constructor(readonly message: Message) {}
  get data() {
    return this.message.bytes;
  }
  ack() {
    this.didAck = true;
    this.message.respond('+ACK');
  }
  nak() {
    this.message.respond('-NAK');
  }
}

class StreamContext extends BaseRpcContext<[StreamMessage]> {
  get message() {
    return this.args[0];
  }
}

/** Each with what its handlers read of it. */
const CONTEXTS: Record<string, { make: (did: string[]) => BaseRpcContext; read: (context: never) => unknown }> = {
  RabbitMQ: {
    make: (did) => new RmqContext([{ content: Buffer.from('a'), fields: { deliveryTag: 7 } }, new Channel(did), 'pattern']),
    read: (context: RmqContext) => [context.getMessage(), context.getPattern(), context.getChannelRef() instanceof Channel],
  },
  Kafka: {
    make: (did) => {
      const client = (name: string) => ({ [name]: async () => Promise.resolve(did.push(name)), on: () => did.push('on') });
      const message = { key: Buffer.from('k'), value: Buffer.from('v'), offset: '7', headers: { a: 'b' } };
      const heartbeat = async () => Promise.resolve(void did.push('heartbeat'));
      const [consumer, producer] = [client('commitOffsets'), client('send')] as unknown as [never, never]; // what of them matters
      return new KafkaContext([message as never, 3, 'topic', consumer, heartbeat, producer]);
    },
    read: (context: KafkaContext) => [context.getMessage(), context.getPartition(), context.getTopic()],
  },
  NATS: {
    make: () => new NatsContext(['subject', new Map([['a', ['b']]])]),
    read: (context: NatsContext) => [context.getSubject(), context.getHeaders() as unknown],
  },
  'a stream of NATS': {
    make: (did) => new StreamContext([new StreamMessage(new Message(new Connection(did)))]),
    read: (context: StreamContext) => [context.message.data, context.message.didAck],
  },
  MQTT: {
    make: () => new MqttContext(['topic', { cmd: 'publish', payload: Buffer.from('a'), qos: 1, messageId: 7 }]),
    read: (context: MqttContext) => [context.getTopic(), context.getPacket() as unknown],
  },
  Redis: {
    make: () => new RedisContext(['channel', { trace: 'a' }]),
    read: (context: RedisContext) => [context.getChannel(), context.getArgs()],
  },
  TCP: {
    make: () => new TcpContext([new JsonSocket(new Socket()), 'pattern']),
    read: (context: TcpContext) => [context.getPattern(), context.getSocketRef() instanceof JsonSocket],
  },
};

/** Calls all that can be called of a value and of what it holds, as the most careless candidate. */
function abuse(value: unknown, depth = 0): void {
  if (typeof value === 'function')
    return void Promise.resolve(leniently(() => Reflect.apply(value, undefined, []) as unknown)).catch(() => undefined);
  if (typeof value !== 'object' || value === null || depth > 4) return;
  if (Buffer.isBuffer(value)) return void value.fill(0);
  if (Array.isArray(value)) return value.forEach((item) => abuse(item, depth + 1));
  for (let at: object | null = value; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at) as object | null) {
    for (const key of Reflect.ownKeys(at)) {
      const part = key === 'constructor' ? undefined : leniently(() => (value as Record<PropertyKey, unknown>)[key]);
      const given = typeof part === 'function' ? leniently(() => part.call(value, '+ACK') as unknown) : part;
      if (given instanceof Promise) given.catch(() => undefined);
      else abuse(given, depth + 1);
    }
  }
}

function leniently(act: () => unknown): unknown {
  try {
    return act();
  } catch {
    return undefined;
  }
}

describe.each(Object.entries(CONTEXTS))("the context of a message of %s's", (_, { make, read: parts }) => {
  const read = (context: object) => inspect(parts(context as never));

  it.each(MODES)('is of the same class and data to a candidate, and does nothing, in %s', async (mode) => {
    for (const isolate of ['copy', 'none'] as const) {
      const laboratory = new Laboratory();
      const did: string[] = [];
      const context = make(did);
      const before = read(context);
      const candidate = vi.fn((given: object) => {
        const found = [Object.getPrototypeOf(given) === Object.getPrototypeOf(context), read(given)];
        expect(given).not.toBe(context);
        if (isolate === 'copy') abuse(given);
        else abuse((given as { getArgs: () => unknown[] }).getArgs().filter((part) => typeof part !== 'string'));
        return found;
      });
      const control = (given: object) => [given === context, read(given)];
      const result = await laboratory.resultOf({ mode, isolate, control, candidate }, undefined, context);
      expect(result.candidates[0]?.outcome).toBe('matched');
      expect([candidate.mock.calls.length, did, laboratory.skipped.size]).toEqual([1, [], 0]);
      if (isolate === 'copy') expect(read(context)).toEqual(before);
      const [socket] = context.getArgs();
      if (socket instanceof JsonSocket) expect(socket.netSocket.destroyed).toBe(false);
    }
  });
});

class GrpcMetadata {
  readonly entries = new Map([['trace', [Buffer.from('a')]]]);
  get(key: string) {
    return this.entries.get(key);
  }
}

/** As Fastify has them. */
class Wrapped {
  constructor(readonly raw: object) {}
}

describe('of what else frameworks hand to handlers', () => {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  const grpcCall = Object.assign(new EventEmitter(), { metadata: new GrpcMetadata(), sendMetadata: () => undefined });

  it.each<[string, unknown[]]>([
    ['a request of Express', [request]],
    ['a response of Express', [response]],
    ['a request of Fastify', [new Wrapped(request)]],
    ['a reply of Fastify', [new Wrapped(response)]],
    ['what passes a request on', [() => undefined]],
    ['a call of gRPC', [{ id: 1 }, new GrpcMetadata(), grpcCall]],
    ['a client of WebSockets', [new EventEmitter(), { id: 1 }]],
    ['what acknowledges an event of WebSockets', [{ id: 1 }, () => undefined]],
    ['the context of GraphQL on Express', [{ req: request, res: response }]],
    ['the context of GraphQL on Fastify', [{ reply: new Wrapped(response), app: {} }]],
    ['the context of an execution', [new ExecutionContextHost([request, response])]],
  ])('%s never reaches a candidate', async (_, args) => {
    for (const mode of MODES) {
      const laboratory = new Laboratory();
      const candidate = vi.fn();
      laboratory.call({ mode, control: (...given: unknown[]) => given.length, candidate }, undefined, ...args);
      await laboratory.settled();
      expect([candidate.mock.calls.length, laboratory.skipped.get('liveArguments')]).toEqual([0, 1]);
    }
  });

  it('metadata of gRPC is copied', async () => {
    const laboratory = new Laboratory();
    const metadata = new GrpcMetadata();
    const candidate = (given: GrpcMetadata) => {
      const found = String(given.get('trace')?.[0]);
      given.entries.clear();
      return found;
    };
    const control = (given: GrpcMetadata) => String(given.get('trace')?.[0]);
    const result = await laboratory.resultOf({ control, candidate }, undefined, metadata);
    expect([result.matched, metadata.entries.size]).toEqual([true, 1]);
  });

  it("what a resolver of GraphQL's is told of its query is given to a candidate, which can't change it", async () => {
    const laboratory = new Laboratory();
    const candidate = (info: { fieldName: string; fieldNodes: unknown[]; path: { key: string } }) => {
      const { fieldName } = info;
      info.fieldNodes.length = 0;
      info.path.key = 'changed';
      return fieldName;
    };
    const seen: GraphQLResolveInfo[] = [];
    const resolve = (_parent: unknown, _args: unknown, _context: unknown, info: GraphQLResolveInfo) => {
      seen.push(info);
      return laboratory.call({ control: (given: GraphQLResolveInfo) => given.fieldName, candidate }, undefined, info);
    };
    const query = new GraphQLObjectType({ name: 'Query', fields: { name: { type: GraphQLString, resolve } } });
    expect(await graphql({ schema: new GraphQLSchema({ query }), source: '{ name }' })).toEqual({ data: { name: 'name' } });
    await laboratory.settled();
    const [info] = seen;
    expect([laboratory.results.map(({ matched }) => matched), [...laboratory.skipped]]).toEqual([[true], []]);
    expect([info?.fieldNodes.length, info?.path.key]).toEqual([1, 'name']);
  });
});
