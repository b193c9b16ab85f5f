import { Controller, Get, Query } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { expect, it } from 'vitest';
import { Experiment, ExperimentService, STUDIES_MIGRATIONS, StudiesModule } from '../../lib/index.js';
import { RecordingPublisher } from '../../lib/testing/index.js';

@Controller('search')
class SearchController {
  @Get()
  @Experiment({ name: 'search', candidate: 'searchV2', percentEnabled: 100 })
  search(@Query('q') q: string) {
    return { q };
  }

  searchV2(q: string) {
    return { q: q.toUpperCase() };
  }
}

it('runs end to end', async () => {
  const module = await Test.createTestingModule({
    imports: [
      TypeOrmModule.forRoot({
        type: 'better-sqlite3',
        database: ':memory:',
        autoLoadEntities: true,
        migrations: [...STUDIES_MIGRATIONS],
        migrationsRun: true,
      }),
      StudiesModule.forRoot({ admin: { public: true }, publisher: new RecordingPublisher() }),
    ],
    controllers: [SearchController],
  }).compile();
  const app = module.createNestApplication();
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const res = await fetch(`${url}/search?q=a`);
  expect(await res.json()).toEqual({ q: 'a' });
  await app.get(ExperimentService).whenIdle();
  const list = await fetch(`${url}/studies/experiments`);
  console.log(await list.text());
  const patch = await fetch(`${url}/studies/experiments/search`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: '{"percentEnabled": 5}',
  });
  console.log(patch.status, await patch.text(), patch.headers);
  const doc = await fetch(`${url}/studies/openapi.json`);
  console.log(await doc.text());
  await app.close();
});
