import { Controller, Get } from '@nestjs/common';
import { expect, it, vi } from 'vitest';
import { Experiment } from '../../lib/index.js';
import { anApp, sqlite } from '../support/app.js';
import { databaseFile } from '../support/files.js';

@Controller('items')
class ItemsController {
  @Get()
  @Experiment({ name: 'items', candidate: 'itemsV2', percentEnabled: 100, ignorePaths: ['$.at'] })
  items() {
    return { at: 1, items: [{ id: 1, price: 1 }] };
  }

  itemsV2() {
    return { at: 2, items: [{ id: 1, price: 2 }] };
  }
}

const start = (database: string) =>
  anApp()
    .databases(sqlite({ database }))
    .studies({ admin: { public: true }, refreshInterval: 10 })
    .controllers(ItemsController)
    .start();

it('an operator leaves fields out of the comparison while the service runs, in every process', async () => {
  const database = await databaseFile();
  const [app, other] = [await start(database), await start(database)];
  const matched = async (process = app) => {
    await process.get('/items');
    await process.whenIdle();
    return process.results.results().at(-1)?.matched;
  };
  const patch = (ignorePaths: string[]) => app.send('PATCH', '/studies/experiments/items', { ignorePaths });
  expect(await matched()).toBe(false);

  expect((await patch(['$.items[*].price'])).status).toBe(200);
  expect(await matched()).toBe(true);
  await vi.waitFor(async () => expect(await matched(other)).toBe(true));

  expect((await patch([])).status).toBe(200);
  expect(await matched()).toBe(false);
});

it('a path that can’t be read is refused, and says why', async () => {
  const app = await start(':memory:');
  const { status, body } = await app.send('PATCH', '/studies/experiments/items', { ignorePaths: ['$.a', '$.items[x]'] });
  expect(status).toBe(400);
  expect(JSON.stringify(body)).toContain('the mistake begins at \\"[x]\\"');
  expect(await app.experiments.find('items')).toMatchObject({ ignorePaths: [], version: 1 });
});
