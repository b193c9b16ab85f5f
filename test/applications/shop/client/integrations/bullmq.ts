import { Redis } from 'ioredis';
import { PICTURES } from '../../src/queues/picture';
import { Database } from '../database';
import { Http, request } from '../http';
import type { Integration } from '../integration';
import { until } from '../wait';

export const bullmq: Integration = {
  name: 'BullMQ',
  packages: ['@nestjs/bullmq', 'bullmq'],
  tried: 'jobs that succeed, and one that fails at first; progress, results, events of the worker',
  needs: 'redis',
  experiments: ['queues', 'pictures'],
  async play(record, { redis = '' }) {
    const http = new Http(record);
    const pictures = [
      { name: 'a', width: 3 },
      { name: 'b', width: -4 },
      { name: 'c', width: 5 },
    ];
    for (const [index, picture] of pictures.entries()) {
      await http.post('/api/v1/pictures', picture);
      const path = `/api/v1/pictures/${index + 1}`;
      await until(`job ${index + 1}`, async () => /"completed"/.test((await request(path)).body));
      await http.get(path);
    }
    await http.get('/api/v1/pictures/99');
    const database = await Database.open();
    record('noted jobs', await database.awaitNotes('picture', pictures.length));
    record('noted events of the worker', await database.awaitNotes('picture completed', pictures.length));
    await database.close();
    await removeQueue(redis);
  },
};

/** Leaves nothing behind on the server. */
async function removeQueue(url: string): Promise<void> {
  const redis = new Redis(url);
  const keys = await redis.keys(`bull:${PICTURES}:*`);
  if (keys.length > 0) await redis.del(keys);
  await redis.quit();
}
