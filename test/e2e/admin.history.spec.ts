import { Controller, Get, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { Experiment } from '../../lib/index.js';
import { administered, PLACEMENTS, type Administration } from '../support/administration.js';
import { anApp } from '../support/app.js';

@Controller('search')
class SearchController {
  @Get()
  @Experiment({ name: 'search', candidate: 'searchV2' })
  search(): string {
    return 'found';
  }

  searchV2(): string {
    return 'found';
  }
}

/** Knows who asks, as a guard that reads a session does. */
class SessionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: string | undefined }>();
    request.user = request.headers['x-user'];
    return true;
  }
}

interface Change {
  readonly id: string;
  readonly kind: string;
  readonly actor: string | null;
  readonly before: object;
  readonly after: object;
}

describe.each(PLACEMENTS)('the history of an experiment, on $title,', (placement) => {
  const start = (actor: (request: { user?: string }) => string | undefined = ({ user }) => user) =>
    administered(
      anApp(placement.platform)
        .controllers(SearchController)
        .studies({ admin: { guards: [new SessionGuard()], actor } }),
      placement,
    );

  async function changesOf(administration: Administration, query: Record<string, string> = {}) {
    const { status, body } = await administration.history('search', query);
    expect(status).toBe(200);
    return body as { items: Change[]; nextCursor: string | null }; // so it is documented
  }

  it('says who changed what from what to what, the newest first', async () => {
    const administration = await start();
    const as = (user: string) => ({ 'x-user': user });
    const { app } = administration;
    await app.send('PATCH', administration.addressOf('search'), { percentEnabled: 5, ignorePaths: ['$.at'] }, as('ada'));
    await app.send(
      'PATCH',
      administration.addressOf('search'),
      { percentEnabled: 5, startsAt: '2026-01-01T00:00:00Z' },
      as('bob'),
    );
    await app.request('DELETE', `${administration.addressOf('search')}/results`, { headers: as('eve') });
    await app.experiments.disable('search', { actor: 'a job' });
    await app.experiments.enable('search');
    await app.request('DELETE', administration.addressOf('search'), { headers: as('ada') });

    const { items } = await changesOf(administration);
    expect(items.map(({ kind, actor, before, after }) => [kind, actor, before, after])).toEqual([
      ['removed', 'ada', {}, {}],
      ['changed', null, { percentEnabled: 0 }, { percentEnabled: 100 }],
      ['changed', 'a job', { percentEnabled: 5 }, { percentEnabled: 0 }],
      ['purged', 'eve', {}, {}],
      ['changed', 'bob', { startsAt: null }, { startsAt: '2026-01-01T00:00:00.000Z' }],
      ['changed', 'ada', { percentEnabled: 0, ignorePaths: [] }, { percentEnabled: 5, ignorePaths: ['$.at'] }],
    ]);
    expect(app.failures).toEqual([]);
  });

  it('comes by pages, and is the same from the service', async () => {
    const administration = await start();
    for (const percent of [1, 2, 3]) await administration.change('search', { percentEnabled: percent });
    const first = await changesOf(administration, { limit: '2' });
    const second = await changesOf(administration, { limit: '2', cursor: String(first.nextCursor) });
    const all = await administration.app.experiments.history('search');

    expect(second.nextCursor).toBeNull();
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(all.items.map(({ id }) => id));
    expect(all.items.map(({ after }) => after['percentEnabled'])).toEqual([3, 2, 1]);
  });

  it('knows nothing of what was refused', async () => {
    const administration = await start();
    await administration.change('search', { percentEnabled: 101 });
    await administration.change('search', { percentEnabled: 1 }, '"7"');
    await administration.remove('search', '"7"');
    expect((await changesOf(administration)).items).toEqual([]);
  });

  it('keeps what an attacker calls himself as text, and does without a name that can not be told', async () => {
    const hostile = `<script>\0\u001b[2J'; DROP TABLE studies_change; --\ud800${'x'.repeat(300)}`;
    const administration = await start(() => hostile);
    await administration.change('search', { percentEnabled: 1 });
    const [change] = (await changesOf(administration)).items;
    expect(change?.actor).toBe(hostile.slice(0, 200).replace('\0', '\ufffd').toWellFormed());

    for (const failure of [new Error('No session.'), Object.create(null)]) {
      const failing = await start(() => {
        throw failure;
      });
      expect((await failing.change('search', { percentEnabled: 1 })).status).toBe(200);
      expect((await changesOf(failing)).items[0]?.actor).toBeNull();
    }
  });
});
