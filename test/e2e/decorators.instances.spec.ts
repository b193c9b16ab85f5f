import { Controller, Get, Inject, Injectable, Module, Query, Scope } from '@nestjs/common';
import { LazyModuleLoader, ModuleRef, REQUEST } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { Experiment } from '../../lib/index.js';
import { anApp, PLATFORMS } from '../support/app.js';

@Injectable()
class Rates {
  readonly asked: string[] = [];

  @Experiment({ name: 'rates', candidate: 'rateV2', percentEnabled: 100 })
  rate(currency: string): number {
    this.asked.push(`control ${currency}`);
    return currency.length;
  }

  rateV2(currency: string): number {
    this.asked.push(`candidate ${currency}`);
    return currency.length;
  }
}

@Controller('rates')
class RatesController {
  constructor(@Inject(Rates) readonly rates: Rates) {}

  @Get()
  rate(@Query('currency') currency: string) {
    return { rate: this.rates.rate(currency) };
  }
}

/** What a visitor of one request is called. */
@Injectable({ scope: Scope.REQUEST })
class Visitor {
  constructor(@Inject(REQUEST) private readonly request: { headers: Record<string, string> }) {}

  get name() {
    return this.request.headers['x-user'];
  }
}

@Controller('who')
class WhoController {
  private answered = 0;

  constructor(@Inject(Visitor) private readonly visitor: Visitor) {}

  @Get()
  @Experiment({ name: 'who', candidate: 'whoV2', percentEnabled: 100, context: ({ length }) => ({ length }) })
  async who(@Query('q') _q: string) {
    await Promise.resolve();
    this.answered += 1;
    return { user: this.visitor.name, answered: this.answered };
  }

  async whoV2(_q: string) {
    // What the control has counted on this instance tells whose it is.
    return { user: this.visitor.name, answered: this.answered };
  }
}

describe.each(PLATFORMS)('instances with decorated methods, on %s', (platform) => {
  it('run their experiment when they are providers', async () => {
    const app = await anApp(platform).testing().controllers(RatesController).providers(Rates).start();

    expect((await app.get('/rates?currency=yen')).body).toEqual({ rate: 3 });
    await app.whenIdle();

    expect(app.provider(Rates).asked).toEqual(['control yen', 'candidate yen']);
    expect(app.results.results('rates').map(({ matched }) => matched)).toEqual([true]);
  });

  it('are the `this` of control and candidate, one for each request where a controller is request-scoped', async () => {
    const app = await anApp(platform).testing().controllers(WhoController).providers(Visitor).start();
    const users = ['ada', 'bob', 'cyd', 'dan', 'eve'];

    const answers = await Promise.all(users.map((user) => app.get('/who?q=x', { 'x-user': user })));
    await app.whenIdle();

    expect(answers.map(({ body }) => body)).toEqual(users.map((user) => ({ user, answered: 1 })));
    const results = app.results.results('who');
    expect(results.map(({ control }) => control.kind === 'returned' && control.value)).toEqual(
      expect.arrayContaining(users.map((user) => ({ user, answered: 1 }))),
    );
    expect(results.map(({ matched }) => matched)).toEqual(users.map(() => true));
  });
});

describe('an instance with a decorated method', () => {
  it('runs the method alone when it is made by hand', () => {
    const rates = new Rates();

    expect(rates.rate('yen')).toBe(3);
    expect(rates.asked).toEqual(['control yen']);
  });

  it('runs the method alone in an application without StudiesModule', async () => {
    const app = await anApp().withoutStudies().controllers(RatesController).providers(Rates).start();

    expect((await app.get('/rates?currency=yen')).body).toEqual({ rate: 3 });
    expect(app.provider(Rates).asked).toEqual(['control yen']);
  });

  it.each([
    ['a factory', { provide: 'rates', useFactory: () => new Rates() }],
    ['an asynchronous factory', { provide: 'rates', useFactory: async () => Promise.resolve(new Rates()) }],
    ['a value', { provide: 'rates', useValue: new Rates() }],
    ['another class in its place', { provide: 'rates', useClass: class SpecialRates extends Rates {} }],
  ])('runs its experiment when it comes from %s', async (_, provider) => {
    const app = await anApp().testing().providers(provider).start();
    const rates = app.provider<Rates>('rates');

    expect(rates.rate('yen')).toBe(3);
    await app.whenIdle();

    expect(rates.asked).toEqual(['control yen', 'candidate yen']);
    expect(app.results.runs('rates')).toBe(1);
  });

  it('runs its experiment in the application that has it now, when it was in another one before', async () => {
    const rates = new Rates();
    const startWithIt = () => anApp().testing().providers({ provide: 'rates', useValue: rates }).start();
    const first = await startWithIt();
    await first.close();
    const second = await startWithIt();

    expect(rates.rate('yen')).toBe(3);
    await second.whenIdle();

    expect([first.results.runs(), second.results.runs()]).toEqual([0, 1]);
  });

  it('runs all experiments of a method that is decorated for several', async () => {
    @Injectable()
    class Twice {
      @Experiment({ name: 'outer', candidate: 'other', percentEnabled: 100 })
      @Experiment({ name: 'inner', candidate: 'same', percentEnabled: 100 })
      rate() {
        return 7;
      }

      same() {
        return 7;
      }

      other() {
        return 8;
      }
    }
    const app = await anApp().testing().providers(Twice).start();

    expect(app.provider(Twice).rate()).toBe(7);
    await app.whenIdle();

    expect(
      app.results
        .results()
        .map(({ experiment, matched }) => `${experiment} ${String(matched)}`)
        .sort(),
    ).toEqual(['inner true', 'outer false']);
  });

  it('runs its experiment for each of its transient instances', async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    class TransientRates extends Rates {}

    @Injectable()
    class First {
      constructor(@Inject(TransientRates) readonly rates: TransientRates) {}
    }

    @Injectable()
    class Second {
      constructor(@Inject(TransientRates) readonly rates: TransientRates) {}
    }

    const app = await anApp().testing().providers(TransientRates, First, Second).start();
    const [first, second] = [app.provider(First).rates, app.provider(Second).rates];

    first.rate('yen');
    second.rate('euro');
    await app.whenIdle();

    expect([first.asked, second.asked]).toEqual([
      ['control yen', 'candidate yen'],
      ['control euro', 'candidate euro'],
    ]);
  });

  it('runs its experiment when ModuleRef makes it, or a module that is loaded later', async () => {
    @Module({ providers: [Rates] })
    class LaterModule {}
    const app = await anApp().testing().start();

    const created = await app.provider(ModuleRef).create(Rates);
    const later = await app.provider(LazyModuleLoader).load(() => LaterModule);
    created.rate('yen');
    later.get(Rates).rate('euro');
    await app.whenIdle();

    expect(created.asked).toEqual(['control yen', 'candidate yen']);
    expect(later.get(Rates).asked).toEqual(['control euro', 'candidate euro']);
  });

  it('shows nothing of the experiment to who looks at it', async () => {
    const app = await anApp().testing().providers(Rates).start();
    const rates = app.provider(Rates);

    rates.rate('yen');
    await app.whenIdle();

    expect(Object.keys(rates)).toEqual(['asked']);
    expect(JSON.stringify(rates)).toBe('{"asked":["control yen","candidate yen"]}');
    expect(Reflect.ownKeys(Object.assign({}, rates))).toEqual(['asked']);
    expect(rates).toStrictEqual(Object.assign(new Rates(), { asked: ['control yen', 'candidate yen'] }));
    expect(structuredClone(rates)).toStrictEqual({ asked: ['control yen', 'candidate yen'] });
  });

  it('belongs to one application: two in one process do not mix', async () => {
    const [first, second] = await Promise.all(
      ['first', 'second'].map((name) =>
        anApp()
          .studies({ context: { application: name } })
          .controllers(RatesController)
          .providers(Rates)
          .start(),
      ),
    );
    if (first === undefined || second === undefined) throw new Error('Both are started.');
    await second.experiments.disable('rates');

    await first.get('/rates?currency=yen');
    await second.get('/rates?currency=yen');
    await Promise.all([first.whenIdle(), second.whenIdle()]);
    await second.close();
    await first.get('/rates?currency=euro');
    await first.whenIdle();

    expect(first.provider(Rates).asked).toEqual(['control yen', 'candidate yen', 'control euro', 'candidate euro']);
    expect(first.results.results().map(({ context }) => context)).toEqual([{ application: 'first' }, { application: 'first' }]);
    expect(second.results.runs()).toBe(0);
  });

  it('has its methods as they were declared: name, length, metadata and what else they carry', () => {
    const carried = Symbol('carried');
    const carrying: MethodDecorator = (_target, _method, descriptor) => {
      Object.assign(descriptor.value as object, { [carried]: true }); // a method is an object
    };

    class Described {
      @Experiment({ name: 'above', candidate: 'other' })
      @Reflect.metadata('tag', 'above')
      @carrying
      above(_a: string, _b: string, _c = 1) {
        return 1;
      }

      @carrying
      @Reflect.metadata('tag', 'below')
      @Experiment({ name: 'below', candidate: 'other' })
      below(_a: string, _b: string, _c = 1) {
        return 1;
      }

      other() {
        return 1;
      }
    }

    const { prototype } = Described;
    for (const method of ['above', 'below'] as const) {
      expect(prototype[method].name).toBe(method);
      expect(prototype[method]).toHaveLength(2);
      expect(Reflect.getMetadata('tag', prototype, method)).toBe(method);
      expect((prototype[method] as { [carried]?: boolean })[carried]).toBe(true);
      expect(Object.getOwnPropertyDescriptor(prototype, method)).toMatchObject({ enumerable: false, writable: true });
    }
    expect(Object.keys(new Described())).toEqual([]);
  });

  it('keeps metadata on the method itself, wherever the decorator stands', () => {
    const setMetadata: MethodDecorator = (_target, _method, descriptor) => {
      Reflect.defineMetadata('role', 'reader', descriptor.value as object); // a method is an object
    };

    class Described {
      @Experiment({ name: 'above', candidate: 'other' })
      @setMetadata
      above() {
        return 1;
      }

      @setMetadata
      @Experiment({ name: 'below', candidate: 'other' })
      below() {
        return 1;
      }

      other() {
        return 1;
      }
    }

    expect(Reflect.getMetadata('role', Described.prototype.above)).toBe('reader');
    expect(Reflect.getMetadata('role', Described.prototype.below)).toBe('reader');
  });
});

describe('a subclass', () => {
  class Base {
    readonly asked: string[] = [];

    @Get('search')
    @Experiment({ name: 'base', candidate: 'searchV2', percentEnabled: 100 })
    search(): string {
      this.asked.push('Base.search');
      return 'base';
    }

    searchV2(): string {
      this.asked.push('Base.searchV2');
      return 'base';
    }
  }

  it('inherits the experiment', async () => {
    @Controller('sub')
    class Inheriting extends Base {}
    const app = await anApp().testing().controllers(Inheriting).start();

    expect((await app.get('/sub/search')).body).toBe('base');
    await app.whenIdle();

    expect(app.provider(Inheriting).asked).toEqual(['Base.search', 'Base.searchV2']);
    expect(app.results.results('base').map(({ matched }) => matched)).toEqual([true]);
  });

  it('shares the experiment with its siblings', async () => {
    @Controller('first')
    class First extends Base {}
    @Controller('second')
    class Second extends Base {}
    const app = await anApp().testing().controllers(First, Second).start();

    await app.get('/first/search');
    await app.get('/second/search');
    await app.whenIdle();

    expect(app.provider(First).asked).toEqual(['Base.search', 'Base.searchV2']);
    expect(app.provider(Second).asked).toEqual(['Base.search', 'Base.searchV2']);
    expect(app.results.runs('base')).toBe(2);
  });

  it('can override the candidate', async () => {
    @Controller('sub')
    class OverridingCandidate extends Base {
      override searchV2() {
        this.asked.push('OverridingCandidate.searchV2');
        return 'other';
      }
    }
    const app = await anApp().testing().controllers(OverridingCandidate).start();

    expect((await app.get('/sub/search')).body).toBe('base');
    await app.whenIdle();

    expect(app.provider(OverridingCandidate).asked).toEqual(['Base.search', 'OverridingCandidate.searchV2']);
    expect(app.results.results('base').map(({ mismatched }) => mismatched)).toEqual([true]);
  });

  it.each([
    ['Nest', (Adding: new () => Base) => Adding],
    ['a factory', (Adding: new () => Base) => ({ provide: Adding, useFactory: () => new Adding() })],
  ])('runs the experiments of its own methods beside the inherited one, when it is made by %s', async (_, providing) => {
    @Injectable()
    class Adding extends Base {
      @Experiment({ name: 'first', candidate: 'searchV2', percentEnabled: 100 })
      first() {
        return 'first';
      }

      @Experiment({ name: 'second', candidate: 'searchV2', percentEnabled: 100 })
      second() {
        return 'second';
      }
    }
    const app = await anApp().testing().providers(providing(Adding)).start();
    const adding = app.provider(Adding);

    expect([adding.search(), adding.first(), adding.second()]).toEqual(['base', 'first', 'second']);
    await app.whenIdle();

    const results = app.results
      .results()
      .map(({ experiment, control }) => [experiment, control.kind === 'returned' && control.value]);
    expect(Object.fromEntries(results)).toEqual({ base: 'base', first: 'first', second: 'second' });
  });

  it('leaves the experiment when it overrides the control without decorating it', async () => {
    @Controller('sub')
    class OverridingControl extends Base {
      @Get('search')
      override search() {
        this.asked.push('OverridingControl.search');
        return 'overridden';
      }
    }
    const app = await anApp().testing().controllers(OverridingControl).start();

    expect((await app.get('/sub/search')).body).toBe('overridden');
    await app.whenIdle();

    expect(app.provider(OverridingControl).asked).toEqual(['OverridingControl.search']);
    expect(app.results.runs()).toBe(0);
  });

  it('can override the control with one of an experiment of its own', async () => {
    @Controller('sub')
    class Redecorating extends Base {
      @Get('search')
      @Experiment({ name: 'sub', candidate: 'searchV3', percentEnabled: 100 })
      override search() {
        this.asked.push('Redecorating.search');
        return 'sub';
      }

      searchV3() {
        this.asked.push('Redecorating.searchV3');
        return 'sub';
      }
    }
    const app = await anApp().testing().controllers(Redecorating).start();

    expect((await app.get('/sub/search')).body).toBe('sub');
    await app.whenIdle();

    expect(app.provider(Redecorating).asked).toEqual(['Redecorating.search', 'Redecorating.searchV3']);
    expect(app.results.results().map(({ experiment }) => experiment)).toEqual(['sub']);
  });

  it('runs both experiments when the control that it decorates calls the one that it overrides', async () => {
    @Controller('sub')
    class Extending extends Base {
      @Get('search')
      @Experiment({ name: 'sub', candidate: 'searchV3', percentEnabled: 100 })
      override search() {
        return `${super.search()} and sub`;
      }

      searchV3() {
        return 'base and sub';
      }
    }
    const app = await anApp().testing().controllers(Extending).start();

    expect((await app.get('/sub/search')).body).toBe('base and sub');
    await app.whenIdle();

    expect(app.provider(Extending).asked).toEqual(['Base.search', 'Base.searchV2']);
    expect(
      app.results
        .results()
        .map(({ experiment, matched }) => `${experiment} ${String(matched)}`)
        .sort(),
    ).toEqual(['base true', 'sub true']);
  });
});
