import { Inject, Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Experiment } from '../../lib/index.js';
import { anApp } from '../support/app.js';

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

@Injectable()
class FrozenRates extends Rates {
  constructor() {
    super();
    Object.freeze(this);
  }
}

@Injectable()
class SealedRates extends Rates {
  constructor() {
    super();
    Object.seal(this);
  }
}

@Injectable()
class ProxiedRates extends Rates {
  constructor() {
    super();
    return new Proxy(this, {});
  }
}

@Injectable()
class RefusingRates extends Rates {
  constructor() {
    super();
    return new Proxy(this, { defineProperty: () => false });
  }
}

const target = new Rates();
const BOTH = ['control yen', 'candidate yen'];

describe('an instance with a decorated method runs its experiment', () => {
  it.each([
    ['that freezes itself', { provide: 'rates', useClass: FrozenRates }],
    ['that seals itself', { provide: 'rates', useClass: SealedRates }],
    ['that is a proxy of itself', { provide: 'rates', useClass: ProxiedRates }],
    ['that is a proxy and takes no property', { provide: 'rates', useClass: RefusingRates }],
    ['that was frozen before Nest got it', { provide: 'rates', useValue: Object.freeze(new Rates()) }],
    ['that can’t be extended', { provide: 'rates', useValue: Object.preventExtensions(new Rates()) }],
    ['that is a proxy', { provide: 'rates', useFactory: () => new Proxy(new Rates(), {}) }],
    [
      'that is a proxy which binds its methods',
      {
        provide: 'rates',
        useFactory: () =>
          new Proxy(new Rates(), {
            get: (rates, key) => {
              const value: unknown = Reflect.get(rates, key);
              return typeof value === 'function' ? (value.bind(rates) as unknown) : value;
            },
          }),
      },
    ],
    [
      'that comes of a prototype alone',
      { provide: 'rates', useFactory: () => Object.assign(Object.create(Rates.prototype) as Rates, { asked: [] }) },
    ],
    ['that comes of another instance', { provide: 'rates', useFactory: () => Object.create(new Rates()) as Rates }],
  ])('%s', async (_, provider) => {
    const app = await anApp().testing().providers(provider).start();
    const rates = app.provider<Rates>('rates');

    expect(rates.rate('yen')).toBe(3);
    await app.whenIdle();

    expect(rates.asked).toEqual(BOTH);
    expect(Object.keys(rates).every((key) => key === 'asked')).toBe(true);
    expect(Object.entries(rates)).toEqual(Object.keys(rates).map(() => ['asked', BOTH]));
  });

  it('in the application that has it now, when it is frozen and was in another one before', async () => {
    const rates = Object.freeze(new Rates());
    const startWithIt = () => anApp().testing().providers({ provide: 'rates', useValue: rates }).start();
    const first = await startWithIt();
    await first.close();
    const second = await startWithIt();

    rates.rate('yen');
    await second.whenIdle();

    expect([first.results.runs(), second.results.runs()]).toEqual([0, 1]);
  });
});

describe('an instance that invents what it is asked for', () => {
  const invented = fc.oneof(
    fc.anything(),
    fc.constantFrom<unknown>(
      () => undefined,
      new Proxy(function () {}, { get: () => () => ({ isDeferred: true, deferred: () => 'invented' }) }),
      { mayDraw: () => true, prepare: () => ({ isDeferred: true, deferred: () => 'invented' }) },
    ),
  );

  it('gets what its method gives, whatever it invents, and none of it is called', () => {
    fc.assert(
      fc.property(invented, fc.boolean(), (value, throwing) => {
        const mock = new Proxy(target, {
          get: (rates, key) => {
            if (typeof key !== 'symbol') return Reflect.get(rates, key) as unknown;
            if (throwing) throw new Error('unknown to this mock');
            return value;
          },
        });
        expect(mock.rate('yen')).toBe(3);
      }),
    );
  });

  it('does not stop an application, also where its prototypes have no end', async () => {
    const endless = (): object => new Proxy({}, { getPrototypeOf: endless });
    const throwing = new Proxy(
      {},
      {
        getPrototypeOf: () => {
          throw new Error('unknown to this mock');
        },
      },
    );
    const app = await anApp()
      .testing()
      .providers({ provide: 'endless', useFactory: endless }, { provide: 'throwing', useFactory: () => throwing }, Rates)
      .start();
    expect(app.provider(Rates).rate('yen')).toBe(3);
    await app.whenIdle();
    expect(app.results.runs()).toBe(1);
  });
});

describe('a class with a decorated method in a test that has its dependencies mocked', () => {
  class Repo {
    find(_query: string): string[] {
      return ['from the database'];
    }
  }

  @Injectable()
  class Search {
    constructor(@Inject(Repo) private readonly repo: Repo) {}

    @Experiment({ name: 'mocked search', candidate: 'searchV2' })
    search(query: string) {
      return this.repo.find(query);
    }

    searchV2(query: string) {
      return this.repo.find(query);
    }
  }

  const auto = (isDeep: boolean): object =>
    new Proxy(function () {}, {
      get: (_, key) => (key === 'then' || typeof key === 'symbol' ? undefined : auto(isDeep)),
      apply: () => (isDeep ? auto(isDeep) : undefined),
    });
  const inventing = (): object => new Proxy({}, { get: (_, key) => (key === 'then' ? undefined : () => inventing()) });

  it.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['empty objects', () => ({})],
    ['mocks whose methods give nothing', () => auto(false)],
    ['mocks whose methods give mocks', () => auto(true)],
    ['mocks that invent methods under all keys', inventing],
  ])('gives what its method gives: by %s', async (_, mocked) => {
    const module = await Test.createTestingModule({ providers: [Search] })
      .useMocker((token) => (token === Repo ? { find: () => ['mocked'] } : mocked()))
      .compile();
    expect(module.get(Search).search('x')).toEqual(['mocked']);
  });
});

it('an instance with a decorated method is copied for a candidate as it would be without', async () => {
  const seen: unknown[] = [];

  @Injectable()
  class Wishes {
    @Experiment({ name: 'wishes', candidate: 'orderV2', percentEnabled: 100 })
    order(rates: Rates) {
      rates.asked.push('by the control');
      return 1;
    }

    orderV2(rates: Rates) {
      seen.push(rates instanceof Rates, [...rates.asked]);
      return 1;
    }
  }
  const app = await anApp().testing().providers(Wishes, Rates).start();

  app.provider(Wishes).order(app.provider(Rates));
  await app.whenIdle();

  expect(seen).toEqual([true, []]);
});
