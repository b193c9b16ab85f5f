import { credentials, loadPackageDefinition, Metadata, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { join } from 'node:path';
import type { Integration } from '../integration';

type Callback = (error: ServiceError | null, reply: unknown) => void;

interface Stock {
  check(request: object, callback: Callback): void;
  checkWithCall(request: object, metadata: Metadata, callback: Callback): void;
  watch(request: object): NodeJS.ReadableStream;
  sum(callback: Callback): { write(request: object): void; end(): void };
  close(): void;
}

export const grpc: Integration = {
  name: 'Microservices over gRPC',
  packages: ['@nestjs/microservices', '@grpc/grpc-js'],
  tried: 'unary calls, with metadata and errors, streams of the server and of the client',
  experiments: ['grpc', 'stock-service'],
  async play(record, { ports }) {
    const definition = loadSync(join(__dirname, '../../src/messages/stock.proto'), { defaults: true });
    const { stock } = loadPackageDefinition(definition) as any;
    const client: Stock = new stock.StockService(`127.0.0.1:${ports.grpc}`, credentials.createInsecure());
    const told = (step: string, start: (callback: Callback) => void) =>
      new Promise<void>((resolve) => {
        start((error, reply) => {
          record(step, error === null ? reply : { code: error.code, details: error.details });
          resolve();
        });
      });
    await told('Check 3', (callback) => client.check({ product: 1, quantity: 3 }, callback));
    await told('Check 101', (callback) => client.check({ product: 1, quantity: 101 }, callback));
    const metadata = new Metadata();
    metadata.set('note', 'with metadata');
    await told('CheckWithCall', (callback) => client.checkWithCall({ product: 1, quantity: 3 }, metadata, callback));
    await told('Sum', (callback) => {
      const call = client.sum(callback);
      for (const quantity of [1, 2, 3]) call.write({ product: 7, quantity });
      call.end();
    });
    const watched: unknown[] = [];
    for await (const reply of client.watch({ product: 5, quantity: 4 })) watched.push(reply);
    record('Watch', watched);
    client.close();
  },
};
