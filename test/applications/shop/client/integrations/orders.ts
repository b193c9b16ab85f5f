import { Database } from '../database';
import { authorize, Http } from '../http';
import type { Integration } from '../integration';

const place = (...lines: readonly (readonly [productId: number, quantity: number])[]) => ({
  lines: lines.map(([productId, quantity]) => ({ productId, quantity })),
});

export const transactions: Integration = {
  name: 'Transactions of @nestjs-cls/transactional and TypeORM',
  packages: ['@nestjs-cls/transactional', '@nestjs-cls/transactional-adapter-typeorm', 'typeorm'],
  tried: 'transactions that commit and that are rolled back, by decorator and by hand, and what is stored after them',
  experiments: ['orders-service'],
  async play(record) {
    const http = new Http(record);
    await http.post('/api/v1/orders', place([1, 1]));
    http.headers = await authorize('bob@example.com');
    await http.post('/api/v1/orders', place([1, 2], [3, 4]));
    await http.post('/api/v1/orders', place([1, 30], [2, 30]));
    await http.post('/api/v1/orders', place([99, 1]));
    await http.post('/api/v1/orders', place());
    await http.post('/api/v1/orders/move/1/3/1');
    await http.post('/api/v1/orders/move/3/1/50');
    const database = await Database.open();
    record('stored rows', await database.rows());
    await database.close();
  },
};

export const cqrs: Integration = {
  name: 'CQRS',
  packages: ['@nestjs/cqrs'],
  tried: 'command, query, event and saga, with errors',
  experiments: ['orders', 'place-order-handler', 'order-placed-handler', 'order-query-handler', 'order-sagas', 'reward-handler'],
  async play(record) {
    const http = new Http(record);
    http.headers = await authorize('ada@example.com');
    await http.post('/api/v1/orders', place([2, 3]));
    await http.post('/api/v1/orders/1/view');
    await http.post('/api/v1/orders/99/view');
    const database = await Database.open();
    record('noted events', await database.awaitNotes('cqrs event', 2));
    record('noted commands of the saga', await database.awaitNotes('cqrs saga', 1));
    await database.close();
  },
};

export const events: Integration = {
  name: 'Event emitter',
  packages: ['@nestjs/event-emitter'],
  tried: 'listeners that wait and that do not, a pattern, an event of an event',
  experiments: ['order-listeners', 'outbox-service'],
  async play(record) {
    const http = new Http(record);
    http.headers = await authorize('bob@example.com');
    await http.post('/api/v1/orders', place([3, 1]));
    const database = await Database.open();
    record('noted events', await database.awaitNotes('event emitter', 3));
    await database.close();
  },
};
