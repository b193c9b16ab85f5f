import { Controller, Get, Inject, Injectable, Module, Scope, type ModuleMetadata, type Provider } from '@nestjs/common';
import { LazyModuleLoader, ModuleRef, REQUEST } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { describe, expect, it, vi } from 'vitest';
import { Candidate, Experiment, ExperimentService } from '../../lib/index.js';
import { StudiesTestingModule } from '../../lib/testing/index.js';
import { anApp } from '../support/app.js';

class Search {
  @Experiment({ name: 'search', candidate: 'searchV2', percentEnabled: 100 })
  search(q: string) {
    return `found ${q}`;
  }

  searchV2(q: string) {
    return `found ${q}`;
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  constructor(@Inject(REQUEST) readonly request: unknown) {}
}

@Controller()
class SearchController {
  constructor(@Inject('search') private readonly service: Search) {}

  @Get()
  search() {
    return this.service.search('a');
  }
}

/** Providers whose instances Nest makes or gets at each request, so that it can't inject anything into what a factory returns. */
const REQUEST_PROVIDERS: Record<string, Provider[]> = {
  'a factory per request': [{ provide: 'search', scope: Scope.REQUEST, useFactory: () => new Search() }],
  'an asynchronous factory per request': [
    { provide: 'search', scope: Scope.REQUEST, useFactory: async () => Promise.resolve(new Search()) },
  ],
  'a factory whose promise is no native one': [
    {
      provide: 'search',
      scope: Scope.REQUEST,
      useFactory: () => ({ then: (resolve: (made: Search) => void) => resolve(new Search()) }),
    },
  ],
  'a transient factory': [{ provide: 'search', scope: Scope.TRANSIENT, useFactory: () => new Search() }],
  'a factory that gets something per request': [
    PerRequest,
    { provide: 'search', inject: [PerRequest], useFactory: (_: PerRequest) => new Search() },
  ],
  'a durable factory': [{ provide: 'search', scope: Scope.REQUEST, durable: true, useFactory: () => new Search() }],
  'a factory of a subclass per request': [
    { provide: 'search', scope: Scope.REQUEST, useFactory: () => new (class Special extends Search {})() },
  ],
  'another name of a factory per request': [
    { provide: 'other', scope: Scope.REQUEST, useFactory: () => new Search() },
    { provide: 'search', useExisting: 'other' },
  ],
  'a class per request': [{ provide: 'search', scope: Scope.REQUEST, useClass: Search }],
  'a factory per request that gives a frozen instance': [
    { provide: 'search', scope: Scope.REQUEST, useFactory: () => Object.freeze(new Search()) },
  ],
};

describe('an experiment runs for instances', () => {
  it.each(Object.entries(REQUEST_PROVIDERS))('of %s', async (_, providers) => {
    const app = await anApp()
      .testing()
      .controllers(SearchController)
      .providers(...providers)
      .start();

    for (let request = 0; request < 3; request += 1) expect((await app.get('/')).body).toBe('found a');
    await app.whenIdle();

    expect(app.results.runs('search')).toBe(3);
    expect(app.failures).toEqual([]);
  });

  it('that a factory of a lazily loaded module makes', async () => {
    @Module({ providers: [{ provide: 'search', useFactory: () => new Search() }] })
    class LaterModule {}
    const app = await anApp().testing().start();

    const later = await app.provider(LazyModuleLoader).load(() => LaterModule);
    await vi.waitFor(
      async () => {
        later.get<Search>('search').search('a');
        await app.whenIdle();
        expect(app.results.runs('search')).toBeGreaterThan(0);
      },
      { timeout: 10_000, interval: 100 },
    );
  });

  it('of a class that several modules provide, each its own', async () => {
    @Module({ providers: [Search] })
    class First {}
    @Module({ providers: [Search] })
    class Second {}
    const app = await anApp().testing().imports(First, Second).start();

    for (const module of [First, Second]) app.nest.select(module).get(Search, { strict: true }).search('a');
    await app.whenIdle();

    expect(app.results.runs('search')).toBe(2);
  });
});

class Lonely {
  @Experiment({ name: 'lonely', percentEnabled: 100 })
  search() {
    return 'old';
  }
}

/** A candidate that tells which of its instances has been called. */
class Spiffy {
  readonly calls: string[] = [];

  @Candidate({ experiment: 'lonely' })
  search() {
    this.calls.push('called');
    return 'old';
  }
}

describe('a class with a candidate that several modules provide', () => {
  const start = async (...modules: ModuleMetadata['providers'][]) => {
    const classes = modules.map((providers = []) => {
      @Module({ providers })
      class Part {}
      return Part;
    });
    const app = await anApp()
      .testing()
      .imports(...classes)
      .start();
    const parts = classes.map((part) => app.nest.select(part));
    return { app, parts };
  };

  it('starts, and calls the instance of the module that has the control', async () => {
    const { app, parts } = await start([Spiffy], [Lonely, Spiffy], [Spiffy]);

    parts[1]?.get(Lonely, { strict: true }).search();
    await app.whenIdle();

    expect(app.results.results('lonely').map(({ matched }) => matched)).toEqual([true]);
    expect(parts.map((part) => part.get(Spiffy, { strict: true }).calls.length)).toEqual([0, 1, 0]);
  });

  it('calls the first if the module of the control has none', async () => {
    const { app, parts } = await start([Lonely], [Spiffy], [Spiffy]);

    parts[0]?.get(Lonely, { strict: true }).search();
    await app.whenIdle();

    expect(parts.slice(1).map((part) => part.get(Spiffy, { strict: true }).calls.length)).toEqual([1, 0]);
  });

  it('is no candidate twice under two names in one module either', async () => {
    const { app, parts } = await start([
      Lonely,
      Spiffy,
      { provide: 'other', useClass: Spiffy },
      { provide: 'alias', useExisting: Spiffy },
    ]);

    parts[0]?.get(Lonely, { strict: true }).search();
    await app.whenIdle();

    expect(app.results.results('lonely')[0]?.candidates.map(({ name }) => name)).toEqual(['candidate']);
  });
});

describe('a module that is loaded later', () => {
  const load = async (...modules: ModuleMetadata['providers'][]) => {
    const app = await anApp().testing().start();
    const references: ModuleRef[] = [];
    for (const providers of modules) {
      @Module({ providers: providers ?? [] })
      class Later {}
      references.push(await app.provider(LazyModuleLoader).load(() => Later));
    }
    return { app, references };
  };

  it('can bring control and candidate, in two modules', async () => {
    const { app, references } = await load([Lonely], [Spiffy]);

    await vi.waitFor(
      async () => {
        references[0]?.get(Lonely).search();
        await app.whenIdle();
        expect(references[1]?.get(Spiffy).calls.length).toBeGreaterThan(0);
      },
      { timeout: 10_000, interval: 100 },
    );
    expect(app.failures).toEqual([]);
  });

  it('is told what is wrong in it, once, and its controls answer', async () => {
    class Another {
      @Experiment({ name: 'search', candidate: 'other', percentEnabled: 100 })
      search() {
        return 'another';
      }

      other() {
        return 'else';
      }
    }
    const { app, references } = await load([Lonely], [Search], [Another]);

    await vi.waitFor(() => expect(app.failures).toHaveLength(2), { timeout: 10_000 });
    references[1]?.get(Search).search('a');
    expect(references[2]?.get(Another).search()).toBe('another');
    expect(references[0]?.get(Lonely).search()).toBe('old');
    await app.whenIdle();

    expect(app.failures.map(({ error }) => String(error)).sort()).toEqual([
      expect.stringContaining('Another.search and Search.search both declare an experiment "search"'),
      expect.stringContaining('Experiment "lonely" on Lonely.search has no candidate.'),
    ]);
    expect(app.results.results('search').map(({ control }) => control.kind === 'returned' && control.value)).toEqual(['found a']);
  });
});

describe('a test that replaces', () => {
  const compile = (providers: Provider[]) => Test.createTestingModule({ imports: [StudiesTestingModule.forRoot({})], providers });

  it('a class with a candidate runs the control alone', async () => {
    const module = await compile([Lonely, Spiffy]).overrideProvider(Spiffy).useValue({ search: vi.fn() }).compile();
    await module.init();

    expect(module.get(Lonely).search()).toBe('old');
    await module.get(ExperimentService).whenIdle();
    await module.close();
  });

  it.each([
    ['a value', { search: () => 'mocked' }],
    ['nothing', {}],
    ['undefined', undefined],
  ])('the class of a control by %s starts', async (_, mock) => {
    const module = await compile([Lonely, Spiffy]).overrideProvider(Lonely).useValue(mock).compile();
    await module.init();

    expect(module.get(Lonely)).toBe(mock);
    await module.close();
  });
});
