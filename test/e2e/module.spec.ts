import { Controller, Get, Inject, Injectable, Module, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  Experiment,
  ExperimentService,
  Publisher,
  STUDIES_ENTITIES,
  StudiesError,
  StudiesModule,
  type ExperimentResult,
  type StudiesOptions,
  type StudiesOptionsFactory,
} from '../../lib/index.js';
import { RecordingPublisher, StudiesTestingModule } from '../../lib/testing/index.js';
import { anApp, sqlite } from '../support/app.js';
import { recordedLog } from '../support/log.js';

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

/** Where factories get their options from. */
@Injectable()
class Settings {
  readonly publisher = new RecordingPublisher();
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

@Injectable()
class OptionsFactory implements StudiesOptionsFactory {
  constructor(@Inject(Settings) private readonly settings: Settings) {}

  async createStudiesOptions(): Promise<StudiesOptions> {
    return Promise.resolve({ publisher: this.settings.publisher });
  }
}

@Module({ imports: [SettingsModule], providers: [OptionsFactory], exports: [OptionsFactory] })
class OptionsModule {}

describe('StudiesModule.forRoot()', () => {
  it('needs no options: results go to the log, and the administration is closed', async () => {
    const log = recordedLog();
    const app = await anApp()
      .studiesModule(() => StudiesModule.forRoot())
      .controllers(SearchController)
      .start();

    expect((await app.get('/search?q=a')).body).toEqual({ q: 'a' });
    await app.whenIdle();

    expect((await app.get('/studies/experiments')).status).toBe(403);
    const lines = log.filter(({ context }) => context === 'Experiment');
    expect(lines.map(({ level }) => level)).toEqual(['warn']);
    const [first, control, candidate] = String(lines[0]?.message).split('\n');
    expect(first).toBe('Experiment "search" is not a match');
    expect(JSON.parse(control ?? '')).toMatchObject({ name: 'control', kind: 'returned', value: { q: 'a' } });
    expect(JSON.parse(candidate ?? '')).toMatchObject({ name: 'candidate', outcome: 'mismatched', value: { q: 'A' } });
  });

  it('is global: any module injects ExperimentService and the publisher', async () => {
    @Injectable()
    class Deep {
      constructor(
        @Inject(ExperimentService) readonly experiments: ExperimentService,
        @Inject(Publisher) readonly publisher: Publisher,
      ) {}
    }

    @Module({ providers: [Deep] })
    class DeepModule {}
    const app = await anApp().imports(DeepModule).start();

    expect(app.provider(Deep).experiments).toBe(app.experiments);
    expect(app.provider(Deep).publisher).toBe(app.results);
  });

  it('is injected by its type alone where TypeScript emits the types of parameters', async () => {
    @Injectable()
    class Typed {
      constructor(
        readonly experiments: ExperimentService,
        readonly publisher: Publisher,
      ) {}
    }
    const app = await anApp().providers(Typed).start();

    expect(app.provider(Typed).experiments).toBe(app.experiments);
    expect(app.provider(Typed).publisher).toBe(app.results);
  });

  it('keeps its experiments in a named data source', async () => {
    const app = await anApp()
      .databases(sqlite({ migrationsRun: false }), sqlite({ name: 'studies' }))
      .studies({ dataSource: 'studies' })
      .controllers(SearchController)
      .start();

    await app.get('/search?q=a');
    await app.whenIdle();

    expect(await app.dataSource('studies').query('SELECT name FROM studies_experiment')).toEqual([{ name: 'search' }]);
    expect(await app.dataSource().query(`SELECT name FROM sqlite_master WHERE name LIKE 'studies%'`)).toEqual([]);
    expect(app.failures).toEqual([]);
  });

  it('stops the start where the named data source is not there', async () => {
    await expect(anApp().studies({ dataSource: 'missing' }).start()).rejects.toThrow('missingDataSource');
  });

  it('stops the start where the data source does not load its entities, and says what to add', async () => {
    await expect(
      anApp()
        .databases(sqlite({ autoLoadEntities: false }))
        .start(),
    ).rejects.toMatchObject({
      code: 'ENTITY_NOT_REGISTERED',
      message:
        'The data source of StudiesModule does not know its entities. Set "autoLoadEntities: true" in TypeOrmModule.forRoot(), or ' +
        'add them: "entities: [...STUDIES_ENTITIES]".',
    });
  });

  it('starts where the data source lists its entities', async () => {
    const app = await anApp()
      .databases(sqlite({ autoLoadEntities: false, entities: [...STUDIES_ENTITIES] }))
      .controllers(SearchController)
      .start();

    expect(await app.experiments.find('search')).toMatchObject({ name: 'search', percentEnabled: 100 });
  });

  it('stops the start where it is imported twice with different options', async () => {
    await expect(
      anApp()
        .imports(StudiesModule.forRoot({ admin: false, publisher: new RecordingPublisher() }))
        .start(),
    ).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message:
        'StudiesModule is imported more than once, with different options. It is global: import it once, in the root module.',
    });
  });

  it('runs experiments in an application that serves nothing', async () => {
    const publisher = new RecordingPublisher();
    const context = await NestFactory.createApplicationContext({
      module: SettingsModule,
      imports: [sqlite(), StudiesModule.forRoot({ publisher, admin: { public: true } })],
      providers: [SearchController],
    });
    onTestFinished(() => context.close());

    expect(context.get(SearchController).search('a')).toEqual({ q: 'a' });
    await context.get(ExperimentService).whenIdle();

    expect(publisher.runs('search')).toBe(1);
  });

  it('does nothing to an application that has no experiments', async () => {
    const app = await anApp().start();

    expect(await app.experiments.findAll()).toEqual({ items: [], nextCursor: null });
    expect(app.failures).toEqual([]);
  });

  it('lets an experiment run while the application starts, as far as its percentage is known', async () => {
    @Injectable()
    class Starting {
      readonly gave: number[] = [];

      constructor(@Inject(ExperimentService) private readonly experiments: ExperimentService) {
        this.run();
      }

      onModuleInit() {
        this.run();
      }

      onApplicationBootstrap() {
        this.run();
      }

      private run() {
        this.gave.push(this.experiments.run({ name: 'starting', control: () => 1, candidate: () => 2, percentEnabled: 100 }));
      }
    }
    const app = await anApp().providers(Starting).start();
    await app.whenIdle();

    expect(app.provider(Starting).gave).toEqual([1, 1, 1]);
    expect(await app.experiments.find('starting')).toMatchObject({ percentEnabled: 100 });
    expect(app.failures).toEqual([]);
  });
});

describe('StudiesModule.forRootAsync()', () => {
  const publishes = async (make: () => ReturnType<typeof StudiesModule.forRootAsync>) => {
    const app = await anApp().studiesModule(make).controllers(SearchController).start();
    await app.get('/search?q=a');
    await app.whenIdle();
    return app.provider(Settings).publisher.runs('search');
  };

  it('takes a factory that injects what imported modules export', async () => {
    const make = () =>
      StudiesModule.forRootAsync({
        imports: [SettingsModule],
        inject: [Settings],
        useFactory: ({ publisher }: Settings) => ({ publisher }),
      });

    expect(await publishes(make)).toBe(1);
  });

  it('takes an asynchronous factory', async () => {
    const make = () =>
      StudiesModule.forRootAsync({
        imports: [SettingsModule],
        inject: [Settings],
        useFactory: async ({ publisher }: Settings) => Promise.resolve({ publisher }),
      });

    expect(await publishes(make)).toBe(1);
  });

  it('takes a class that makes the options', async () => {
    const make = () => StudiesModule.forRootAsync({ imports: [SettingsModule], useClass: OptionsFactory });

    expect(await publishes(make)).toBe(1);
  });

  it('takes a provider that is there', async () => {
    const make = () => StudiesModule.forRootAsync({ imports: [OptionsModule], useExisting: OptionsFactory });

    expect(await publishes(make)).toBe(1);
  });

  it('takes what decides routes and entities beside the factory', async () => {
    const app = await anApp()
      .databases(sqlite({ migrationsRun: false }), sqlite({ name: 'studies' }))
      .studiesModule(() =>
        StudiesModule.forRootAsync({
          dataSource: 'studies',
          admin: { path: 'internal/studies', public: true },
          useFactory: () => ({ refreshInterval: 20 }),
        }),
      )
      .controllers(SearchController)
      .start();

    expect((await app.get('/internal/studies/experiments')).body).toMatchObject({ items: [{ name: 'search' }] });
    expect((await app.get('/studies/experiments')).status).toBe(404);
  });

  it('is closed to all by default, as forRoot() is', async () => {
    const app = await anApp()
      .studiesModule(() => StudiesModule.forRootAsync({ useFactory: () => ({}) }))
      .start();

    expect((await app.get('/studies/experiments')).status).toBe(403);
  });

  it('stops the start when the factory throws', async () => {
    const make = () =>
      StudiesModule.forRootAsync({
        useFactory: () => {
          throw new Error('No settings.');
        },
      });

    await expect(anApp().studiesModule(make).start()).rejects.toThrow('No settings.');
  });

  it('stops the start when the factory gives an option that is wrong', async () => {
    const make = () => StudiesModule.forRootAsync({ useFactory: () => ({ refreshInterval: 0 }) });

    await expect(anApp().studiesModule(make).start()).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: 'The options of StudiesModule: "refreshInterval" is wrong: too small: expected number to be >=10.',
    });
  });
});

it('what are no options are refused at once', () => {
  for (const none of [null, 5, 'options', []] as never[]) {
    expect(() => StudiesModule.forRoot(none)).toThrow(
      new StudiesError('INVALID_OPTIONS', 'The options of StudiesModule.forRoot(): must be an object.', {
        fields: [{ field: '', reason: 'must be an object' }],
      }),
    );
    expect(() => StudiesModule.forRootAsync(none)).toThrow('The options of StudiesModule.forRootAsync(): must be an object.');
    expect(() => StudiesTestingModule.forRoot(none)).toThrow('The options of StudiesTestingModule.forRoot(): must be an object.');
  }
});

describe('wrong options stop the start', () => {
  const cases: [title: string, options: object, message: string][] = [
    ['an option that is not known', { publishers: [] }, 'The options of StudiesModule: "publishers" is not known.'],
    [
      'a publisher that is none',
      { publisher: 'log' },
      'The options of StudiesModule: "publisher" must be a class that extends Publisher, or an instance of one.',
    ],
    [
      'a percentage above 100',
      { defaults: { percentEnabled: 101 } },
      'The options of StudiesModule: "defaults.percentEnabled" is wrong: too big: expected number to be <=100.',
    ],
    [
      'a default that is not known',
      { defaults: { percent: 5 } },
      'The options of StudiesModule: "defaults.percent" is not known.',
    ],
    ['a context that is none', { context: 'web' }, 'The options of StudiesModule: "context" must be an object or a function.'],
    ['an onError that is none', { onError: 'log' }, 'The options of StudiesModule: "onError" must be a function.'],
    [
      'a raiseOnMismatch that is none',
      { raiseOnMismatch: 'yes' },
      'The options of StudiesModule: "raiseOnMismatch" is wrong: invalid input: expected boolean, received string.',
    ],
    [
      'an interval that is none',
      { refreshInterval: 'x' },
      'The options of StudiesModule: "refreshInterval" is wrong: invalid input: expected number, received string.',
    ],
    [
      'a timeout that is none',
      { shutdownTimeout: -1 },
      'The options of StudiesModule: "shutdownTimeout" is wrong: too small: expected number to be >=0.',
    ],
    [
      'a data source that is not a name',
      { dataSource: 5 },
      'The options of StudiesModule: "dataSource" is wrong: invalid input: expected string, received number.',
    ],
    ['an administration that is none', { admin: true }, 'The options of StudiesModule: "admin" must be an object or false.'],
    [
      'an administration with guards that is public',
      { admin: { guards: [{ canActivate: () => true }], public: true } },
      'The "admin" option of StudiesModule: "public" must not be true together with guards: set one of the two.',
    ],
    [
      'a guard that is none',
      { admin: { guards: ['AdminGuard'] } },
      'The "admin" option of StudiesModule: "guards[0]" must be a guard: a class or an instance with canActivate().',
    ],
    [
      'a path that is none',
      { admin: { path: '/:tenant/studies' } },
      'The "admin" option of StudiesModule: "path" must be a path such as "studies" or "internal/studies".',
    ],
    [
      'an option of the administration that is not known',
      { admin: { guard: [] } },
      'The "admin" option of StudiesModule: "guard" is not known.',
    ],
  ];

  it.each(cases)('%s', async (_, options, message) => {
    await expect(anApp().studies(options).start()).rejects.toMatchObject({ code: 'INVALID_OPTIONS', message });
  });

  it('all of them at once', async () => {
    const options = { refreshInterval: 1, shutdownTimeout: 1.5 };

    await expect(anApp().studies(options).start()).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      details: {
        fields: [
          { field: 'refreshInterval', reason: 'is wrong: too small: expected number to be >=10' },
          { field: 'shutdownTimeout', reason: 'is wrong: invalid input: expected int, received number' },
        ],
      },
    });
  });
});

describe('a publisher', () => {
  @Injectable()
  class Rates {
    constructor(@Inject(ExperimentService) readonly experiments: ExperimentService) {}

    @Experiment({ name: 'rates', candidate: 'rateV2', percentEnabled: 100 })
    rate() {
      return 7;
    }

    rateV2() {
      return 8;
    }
  }

  @Module({ providers: [Rates], exports: [Rates] })
  class RatesModule {}

  @Injectable()
  class RatedPublisher extends Publisher {
    readonly got: string[] = [];

    constructor(@Inject(Rates) readonly rates: Rates) {
      super();
    }

    publish({ experiment }: ExperimentResult) {
      this.got.push(experiment);
    }
  }

  it('that is a class injects what imported modules export, also a service with an experiment of its own', async () => {
    const app = await anApp()
      .studies({ publisher: RatedPublisher, imports: [RatesModule] })
      .controllers(SearchController)
      .start();
    const publisher = app.provider(Publisher);
    if (!(publisher instanceof RatedPublisher)) throw new Error('It is not the publisher of the options.');

    await app.get('/search?q=a');
    expect(publisher.rates.rate()).toBe(7);
    await app.whenIdle();

    expect(publisher.rates).toBe(app.provider(Rates));
    expect(publisher.got).toEqual(['search', 'rates']);
  });

  it('that is a class takes part in the life of the application', async () => {
    const lived: string[] = [];

    class LivingPublisher extends Publisher {
      onModuleInit() {
        lived.push('init');
      }

      onApplicationShutdown() {
        lived.push('shutdown');
      }

      publish({ experiment }: ExperimentResult) {
        lived.push(experiment);
      }
    }
    const app = await anApp().studies({ publisher: LivingPublisher }).controllers(SearchController).start();

    await app.get('/search?q=a');
    await app.close();

    expect(lived).toEqual(['init', 'search', 'shutdown']);
  });

  it('that is an instance gets the results as it is', async () => {
    const publisher = new RecordingPublisher();
    const app = await anApp().studies({ publisher }).controllers(SearchController).start();

    await app.get('/search?q=a');
    await app.whenIdle();

    expect(app.provider(Publisher)).toBe(publisher);
    expect(publisher.runs('search')).toBe(1);
  });

  it('whose dependencies are not there stops the start, and Nest names them', async () => {
    await expect(anApp().studies({ publisher: RatedPublisher }).start()).rejects.toThrow('RatedPublisher');
  });
});
