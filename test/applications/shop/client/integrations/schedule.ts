import { Database } from '../database';
import { Http } from '../http';
import type { Integration } from '../integration';

export const schedule: Integration = {
  name: 'Schedule',
  packages: ['@nestjs/schedule'],
  tried: 'a cron job, an interval that ends itself, a timeout',
  experiments: ['tasks'],
  async play(record) {
    await new Http(record).post('/api/v1/tasks/closing');
    const database = await Database.open();
    record('noted by the cron job', await database.awaitNotes('cron', 1));
    record('noted by the interval', await database.awaitNotes('interval', 3));
    record('noted by the timeout', await database.awaitNotes('timeout', 1));
    await database.close();
  },
};
