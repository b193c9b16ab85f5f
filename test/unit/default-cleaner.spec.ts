import { types } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { withoutEntities, type Identify } from '../../lib/values/default-cleaner.js';
import { Laboratory, type Given } from './harness.js';

class Entity {
  secret = 'hunter2';

  constructor(readonly id: unknown) {}
}
class User extends Entity {}
class Order extends Entity {}
class Dto {
  constructor(readonly name: string) {}
}

const identify: Identify = (value) =>
  value instanceof Entity
    ? { entity: value.constructor.name, id: Object.getOwnPropertyDescriptor(value, 'id')?.value }
    : undefined;
const cleaned = (value: unknown) => withoutEntities(value, identify);

describe('without a cleaner', () => {
  it('an entity becomes its class and its id', () => {
    expect(cleaned(new User(5))).toEqual({ entity: 'User', id: 5 });
    expect(cleaned(new User({ tenant: 1, number: 2 }))).toEqual({ entity: 'User', id: { tenant: 1, number: 2 } });
  });

  it.each([
    ['list', (items: unknown[]) => items],
    ['set', (items: unknown[]) => new Set(items)],
  ])('a %s of entities becomes their ids by class, in order', (_, listOf) => {
    expect(cleaned(listOf([new User(2), new Order(7), new User(1)]))).toEqual({ User: [2, 1], Order: [7] });
    const mixed = cleaned(listOf([new User(1), 7, new Dto('a')])) as Iterable<unknown>;
    expect([...mixed]).toEqual([{ entity: 'User', id: 1 }, 7, new Dto('a')]);
  });

  it('entities within plain data become class and id, and the rest stays', () => {
    const dto = new Dto('a');
    const value = {
      page: 1,
      user: new User(1),
      lists: [[new User(1), new User(2)], []],
      by: new Map([['a', new Order(1)]]),
      dto,
    };
    const result = cleaned(value) as typeof value;
    expect(result).toEqual({
      page: 1,
      user: { entity: 'User', id: 1 },
      lists: [{ User: [1, 2] }, []],
      by: new Map([['a', { entity: 'Order', id: 1 }]]),
      dto,
    });
    expect(result.dto).toBe(dto);
    expect(value.user).toBeInstanceOf(User);
  });

  it('a value in which nothing is an entity is itself', () => {
    fc.assert(
      fc.property(fc.anything({ withMap: true, withSet: true, withDate: true, withNullPrototype: true }), (value) => {
        expect(cleaned(value)).toBe(value);
      }),
    );
    const dto = new Dto('a');
    expect(cleaned(dto)).toBe(dto);
  });

  it('no entity is left in a value, however it is nested, and each is there', () => {
    const entity = fc.integer().map((id) => new User(id));
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        entity,
        fc.integer(),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.array(tie('tree'), { maxLength: 4 }).map((items) => new Set(items)),
        fc.array(fc.tuple(fc.string(), tie('tree')), { maxLength: 4 }).map((entries) => new Map(entries)),
        fc.dictionary(fc.string(), tie('tree'), { maxKeys: 4, noNullPrototype: false }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const before = structuredClone(value);
        expect(holdsEntity(cleaned(value))).toBe(false);
        expect(structuredClone(value)).toEqual(before);
      }),
    );
  });

  it('cycles, proxies, accessors and keys named __proto__ are left as they are', () => {
    const getter = vi.fn(() => new User(1));
    const proxy = new Proxy({}, { ownKeys: () => expect.unreachable() });
    const value: Record<string, unknown> = JSON.parse('{"__proto__": {"polluted": true}}');
    Object.assign(value, { user: new User(1), proxy });
    Object.defineProperty(value, 'lazy', { enumerable: true, get: getter });
    value['self'] = value;

    const result = cleaned(value) as typeof value;

    expect(result['self']).toBe(result);
    expect(result['user']).toEqual({ entity: 'User', id: 1 });
    expect(types.isProxy(result['proxy'])).toBe(true);
    expect(Object.getOwnPropertyDescriptor(result, '__proto__')?.value).toEqual({ polluted: true });
    expect(getter).not.toHaveBeenCalled();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('only so much is looked at, and what was not is not told', () => {
    const asked = vi.fn(identify);
    const users = Array.from({ length: 50_000 }, (_, id) => new User(id));

    const ids = withoutEntities(users, asked) as Record<string, unknown>;
    expect(ids['User']).toHaveLength(2_500);
    expect(ids['…']).toBe('47500 more');
    expect(asked.mock.calls.length).toBeLessThanOrEqual(2_500);

    // A list that was not looked at to its end is copied as far as it was.
    const late = cleaned([new User(1), ...Array.from({ length: 20_000 }, () => 0), new User(2)]) as unknown[];
    expect(late).toHaveLength(2_501);
    expect(late.at(-1)).toBe('… 17502 more');
    expect(holdsEntity(cleaned({ user: new User(1), many: Object.assign([], { length: 4e9 }), users }))).toBe(false);

    let deep: unknown = new User(1);
    for (let level = 0; level < 20_000; level += 1) deep = [deep];
    expect(holdsEntity(cleaned({ first: new User(1), deep }))).toBe(false);
  });
});

describe('an entity', () => {
  it('is told as class and id within an instance of another class, which keeps its class', () => {
    class Page {
      readonly at = 1;

      constructor(readonly users: readonly unknown[]) {}
    }
    const page = new Page([new User(1), { user: new User(2) }]);
    const result = cleaned(page) as Page;
    expect(result).toEqual(new Page([{ entity: 'User', id: 1 }, { user: { entity: 'User', id: 2 } }]));
    expect(result).toBeInstanceOf(Page);
  });

  it('is told as class and id within an instance with private state, which becomes a plain object', () => {
    class Cached {
      #hits = 0;

      constructor(readonly user: unknown) {}

      hit() {
        return (this.#hits += 1);
      }
    }
    const result = cleaned(new Cached(new User(1))) as object;
    expect(result).toEqual({ user: { entity: 'User', id: 1 } });
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });

  it('is told as class and id within an error and its cause, which stay errors', () => {
    const error = Object.assign(new TypeError('no', { cause: new User(1) }), { users: [new User(2)] });
    const result = cleaned({ error }) as { error: TypeError & { users: unknown } };
    expect(types.isNativeError(result.error)).toBe(true);
    expect(result.error).toBeInstanceOf(TypeError);
    const { message, cause, users, stack } = result.error;
    expect({ message, cause, users, stack }).toEqual({
      message: 'no',
      cause: { entity: 'User', id: 1 },
      users: { User: [2] },
      stack: error.stack,
    });
    const without = new TypeError('no', { cause: 1 });
    expect((cleaned({ without, user: new User(1) }) as { without: unknown }).without).toBe(without);
  });
});

it('no more is copied than is looked at', () => {
  const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key${index}`, index]));
  const result = cleaned({ user: new User(1), wide }) as { user: unknown; wide: Record<string, unknown> };
  expect(result.user).toEqual({ entity: 'User', id: 1 });
  expect(Object.keys(result.wide).length).toBeLessThanOrEqual(2_501);
  expect(result.wide['…']).toMatch(/^\d+ more$/);

  const map = cleaned(new Map<unknown, unknown>([['user', new User(1)], ...Object.entries(wide)])) as Map<string, unknown>;
  expect(map.size).toBe(2_501);
  expect(map.get('…')).toBe('17501 more');
});

describe('an experiment', () => {
  const given: Given = { control: () => [new User(1)], candidate: () => [new User(2)] };

  it('publishes entities by class and id, and compares them whole', async () => {
    const laboratory = new Laboratory({ identify });
    const { control, candidates } = await laboratory.resultOf(given);
    expect([control.cleanedValue, candidates[0]?.cleanedValue]).toEqual([{ User: [1] }, { User: [2] }]);
    const other = Object.assign(new User(1), { secret: 'other' });
    const again = await laboratory.resultOf({ ...given, candidate: () => [other] });
    expect(again.candidates[0]?.outcome).toBe('mismatched');
  });

  it('publishes what its own cleaner makes of them', async () => {
    const { control } = await new Laboratory({ identify }).resultOf({
      ...given,
      redactDefaults: false,
      clean: (value: unknown) => value,
    });
    expect(control.cleanedValue).toEqual([new User(1)]);
  });

  it('publishes entities by class and id where its own cleaner fails', async () => {
    const clean = () => {
      throw new Error('clean');
    };
    const laboratory = new Laboratory({ identify });
    const { control } = await laboratory.resultOf({ ...given, clean });
    expect(control.cleanedValue).toEqual({ User: [1] });
    expect(laboratory.failures).toMatchObject([{ operation: 'clean' }]);
  });

  it('tells entities in contexts by class and id, and leaves a context without any as it is', async () => {
    const user = new User(1);
    const options = { context: { user, at: 'home' }, contexts: { candidate: { order: new Order(2) } } };
    const result = await new Laboratory({ identify }).resultOf({ ...given, ...options });
    expect(result.context).toEqual({ user: { entity: 'User', id: 1 }, at: 'home' });
    expect(result.candidates[0]?.context).toMatchObject({ order: { entity: 'Order', id: 2 } });
    expect(Object.isFrozen(result.context)).toBe(true);
    const list = { of: [1] };
    const other = await new Laboratory({ identify }).resultOf({ ...given, context: { list } });
    expect(other.context['list']).toBe(list);
  });

  it.each([undefined, ['password']])(
    'tells entities in errors by class and id, redacting %j, and keeps the error whole',
    async (redact) => {
      const error = Object.assign(new Error('no', { cause: new User(1) }), { user: new User(2) });
      const candidate = () => {
        throw error;
      };
      const result = await new Laboratory({ identify }).resultOf({ ...given, candidate, ...(redact && { redact }) });
      const observation = result.candidates[0];
      expect(observation).toHaveProperty('error', error);
      expect(observation?.toJSON()).toMatchObject({
        error: {
          name: 'Error',
          message: 'no',
          stack: error.stack,
          cause: { entity: 'User', id: 1 },
          user: { entity: 'User', id: 2 },
        },
      });
      expect(`${observation?.toString()} ${JSON.stringify(result)}`).not.toContain('hunter2');
    },
  );

  it('publishes the value itself, and says why, where entities can’t be told', async () => {
    const failure = new Error('identify');
    const laboratory = new Laboratory({
      identify: () => {
        throw failure;
      },
    });
    const { control } = await laboratory.resultOf({ ...given, redactDefaults: false });
    expect(control.cleanedValue).toEqual([new User(1)]);
    expect(laboratory.failures).toMatchObject([{ operation: 'clean', error: failure }]);
  });
});

function holdsEntity(value: unknown, seen = new Set()): boolean {
  if (typeof value !== 'object' || value === null || seen.has(value)) return false;
  seen.add(value);
  if (value instanceof Entity) return true;
  const parts = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : Object.values(value);
  return parts.some((part) => holdsEntity(part, seen));
}
