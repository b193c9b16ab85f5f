import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { resolveOptions } from '../../lib/experiment/definition.js';
import type { StudiesError } from '../../lib/base/errors.js';
import { toJsonValue } from '../../lib/values/json-value.js';
import { Redaction } from '../../lib/values/redaction/redaction.js';
import { check, optionsSchema } from '../../lib/experiment/validation.js';
import { LoggerPublisher } from '../../lib/publishing/logger.publisher.js';
import { resolveSettings } from '../../lib/studies/studies.options.js';
import { Laboratory, type Given } from './harness.js';

const SECRET = 'hunter2';
const told = (value: unknown, ...paths: string[]) => toJsonValue(value, Redaction.of(paths));

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a path', () => {
  it.each<[string, string, unknown, unknown]>([
    ['a name, at the top', 'password', { password: SECRET, user: 1 }, { password: '[Redacted]', user: 1 }],
    ['a name, at any depth', 'password', { a: [{ password: SECRET }] }, { a: [{ password: '[Redacted]' }] }],
    ['a name, in any case', 'PassWord', { PASSWORD: SECRET }, { PASSWORD: '[Redacted]' }],
    ['an object as a whole', 'card', { card: { number: SECRET } }, { card: '[Redacted]' }],
    ['undefined too', 'password', { password: undefined }, { password: '[Redacted]' }],
    [
      'a name directly in another',
      'headers.authorization',
      { headers: { authorization: SECRET } },
      { headers: { authorization: '[Redacted]' } },
    ],
    ['nothing of that name elsewhere', 'headers.authorization', { authorization: 1 }, { authorization: 1 }],
    [
      'nothing further down',
      'headers.authorization',
      { headers: { a: { authorization: 1 } } },
      { headers: { a: { authorization: 1 } } },
    ],
    ['anything in between', 'users.*.email', { users: [{ email: SECRET }] }, { users: [{ email: '[Redacted]' }] }],
    [
      'anything in the end',
      'secrets.*',
      { secrets: { a: SECRET, b: [SECRET] } },
      { secrets: { a: '[Redacted]', b: '[Redacted]' } },
    ],
    ['what is in the value itself', '*.password', { password: SECRET }, { password: '[Redacted]' }],
    ['no more than there is above', '*.*.password', { password: 1 }, { password: 1 }],
    ['an index', 'list.1', { list: [0, SECRET] }, { list: [0, '[Redacted]'] }],
    ['a member of a set', 'list.0', { list: new Set([SECRET, 1]) }, { list: ['[Redacted]', 1] }],
    ['a property of a set’s member', 'email', new Set([{ email: SECRET }]), [{ email: '[Redacted]' }]],
    [
      'a key of a map',
      'headers.authorization',
      { headers: new Map([['Authorization', SECRET]]) },
      { headers: [['Authorization', '[Redacted]']] },
    ],
    [
      'a property in the value of a map',
      'email',
      new Map([[{ email: SECRET }, { email: SECRET }]]),
      [[{ email: '[Redacted]' }, { email: '[Redacted]' }]],
    ],
    [
      'a name with dots',
      'user.password',
      { 'user.password': SECRET, 'user.password.old': SECRET },
      { 'user.password': '[Redacted]', 'user.password.old': '[Redacted]' },
    ],
    ['a key named __proto__', '__proto__', JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":"[Redacted]"}')],
    ['a getter', 'token', Object.defineProperty({}, 'token', { enumerable: true, get: () => SECRET }), { token: '[Redacted]' }],
  ])('hides %s', (_, path, value, expected) => {
    expect(told(value, path)).toEqual(expected);
  });

  it('hides what an error carries, its cause, and its message in its stack too', () => {
    const config = { headers: { authorization: SECRET } };
    const cause = Object.assign(new Error(`login of ${SECRET}`), { config });
    const error = Object.assign(new TypeError('failed', { cause }), { config });

    const plain = told(error, 'config.headers.authorization', 'cause.message');

    expect(JSON.stringify(plain)).not.toContain(SECRET);
    expect(plain).toMatchObject({ name: 'TypeError', message: 'failed', stack: error.stack, cause: { message: '[Redacted]' } });
  });

  it('goes on hiding after a part that can’t be read', () => {
    const unreadable = Object.defineProperty(new Map(), 'size', {
      get() {
        throw new Error('getter');
      },
    });
    expect(told({ a: { unreadable }, b: { password: SECRET } }, 'b.password')).toEqual({
      a: { unreadable: '[Unreadable]' },
      b: { password: '[Redacted]' },
    });
  });

  it('hides all of its name, wherever they are in whatever value', () => {
    const value = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constant(SECRET).map((secret) => ({ password: secret })),
        fc.integer(),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.array(tie('tree'), { maxLength: 3 }).map((items) => new Set(items)),
        fc.dictionary(fc.string(), tie('tree'), { maxKeys: 3 }),
        fc.array(fc.tuple(fc.anything(), tie('tree')), { maxLength: 3 }).map((entries) => new Map(entries)),
      ),
    })).tree;
    fc.assert(
      fc.property(value, (tree) => {
        expect(JSON.stringify(told(tree, 'password'))).not.toContain(SECRET);
        expect(JSON.stringify(told({ [SECRET.length]: tree }, '*'))).not.toContain(SECRET);
      }),
    );
  });

  it('changes nothing where nothing is hidden', () => {
    fc.assert(
      fc.property(fc.anything({ withMap: true, withSet: true, withBigInt: true }), (value) => {
        expect(told(value, 'no such name')).toEqual(toJsonValue(value));
      }),
    );
  });
});

describe('paths', () => {
  it('of the module, of its defaults and of the experiment are all obeyed', () => {
    const { defaults } = resolveSettings({ redact: ['a'], defaults: { redact: ['b'] } });
    const { redaction } = resolveOptions(...defaults, { redact: ['c'] });
    expect(toJsonValue({ a: 1, b: 2, c: 3, d: 4 }, redaction)).toEqual({
      a: '[Redacted]',
      b: '[Redacted]',
      c: '[Redacted]',
      d: 4,
    });
  });

  it.each(['', 'a..b', '.a', 'a.', 'x'.repeat(501), '$.a', 'a[*].b', "['a']", '**', 'us*', ' a'])(
    'that are none, such as %j, are refused',
    (path) => {
      const own = () => check(optionsSchema, { redact: ['password', path] }, 'Here');
      expect(own).toThrow(/^Here: "redact\[1\]" must /);
      expect(() => resolveSettings({ redact: [path] })).toThrow('"redact[0]" must ');
      expect(() => resolveSettings({ defaults: { redact: [path] } })).toThrow('"defaults.redact[0]" must ');
    },
  );

  it('that are none hide everything where they were not refused', () => {
    const { redaction } = resolveOptions({ redact: [''] }, { redact: 7 as never });
    expect(toJsonValue({ a: SECRET, b: [SECRET] }, redaction)).toEqual({ a: '[Redacted]', b: '[Redacted]' });
  });
});

describe('an experiment with paths', () => {
  class Login {
    constructor(readonly password: string) {}
  }
  const given: Given = {
    redact: ['password', 'headers.authorization'],
    context: { password: SECRET, at: 1 },
    contexts: { candidate: { headers: { authorization: SECRET } } },
    control: () => ({ login: new Login(SECRET), id: 1 }),
    candidate: () => {
      throw Object.assign(new Error('no'), { config: { headers: { authorization: SECRET } } });
    },
  };
  const returning: Given = { ...given, candidate: () => ({ login: new Login(`${SECRET}!`), id: 1 }) };

  it('tells no observation, result or error what is hidden', async () => {
    for (const each of [given, returning]) {
      const result = await new Laboratory().resultOf(each);
      expect(result.matched).toBe(false);
      const texts = [result.control, ...result.candidates].flatMap((one) => [JSON.stringify(one), String(one), inspect(one)]);
      const error = (() => {
        try {
          return new Laboratory().call({ ...each, raiseOnMismatch: true }) as Error;
        } catch (thrown) {
          return thrown as StudiesError;
        }
      })();
      texts.push(JSON.stringify(result), error.message, error.stack ?? '', JSON.stringify(error), inspect(error));
      for (const text of texts) expect(text).not.toContain(SECRET);
      expect(texts.join()).toContain('[Redacted]');
    }
  });

  it('logs nothing of it', async () => {
    const lines: string[] = [];
    vi.spyOn(Logger.prototype, 'warn').mockImplementation((line: string) => void lines.push(line));
    new LoggerPublisher().publish(await new Laboratory().resultOf(given));
    expect(lines.join()).toContain('[Redacted]');
    expect(lines.join()).not.toContain(SECRET);
  });

  it('publishes a plain copy of the cleaned value, frozen, and compares the whole', async () => {
    const clean = vi.fn(({ login }: { login: Login }) => ({ login, cleaned: true }));
    const { control, candidates } = await new Laboratory().resultOf({ ...returning, clean });
    expect(control.cleanedValue).toEqual({ login: { password: '[Redacted]' }, cleaned: true });
    expect(Object.isFrozen((control.cleanedValue as { login: object }).login)).toBe(true);
    expect(control.cleanedValue).toBe(control.cleanedValue);
    expect(JSON.parse(JSON.stringify(control))).toMatchObject({ value: { login: { password: '[Redacted]' }, cleaned: true } });
    expect(clean).toHaveBeenCalledTimes(1);
    expect(control.kind === 'returned' && control.value).toEqual({ login: new Login(SECRET), id: 1 });
    expect(candidates[0]?.outcome).toBe('mismatched');
  });

  it.each([undefined, null, 7, 10n, true, 'text'])('publishes %s, which holds nothing, as it is', async (value) => {
    const { control } = await new Laboratory().resultOf({ ...given, control: () => value });
    expect(control.cleanedValue).toBe(value);
  });

  it('gives frozen copies of contexts to whom results go, and the given ones to runIf and beforeRun', async () => {
    const seen: unknown[] = [];
    const see: Given['beforeRun'] = ({ context }) => seen.push(context);
    const result = await new Laboratory().resultOf({ ...given, runIf: ({ context }) => context['at'] === 1, beforeRun: see });
    expect(seen).toEqual([{ password: SECRET, at: 1 }]);
    expect(result.context).toEqual({ password: '[Redacted]', at: 1 });
    expect(result.control.context).toEqual(result.context);
    expect(result.candidates[0]?.context).toEqual({
      password: '[Redacted]',
      at: 1,
      headers: { authorization: '[Redacted]' },
    });
    expect(Object.isFrozen(result.candidates[0]?.context['headers'])).toBe(true);
    expect(Object.isFrozen(result.context)).toBe(true);
  });
});

it('an experiment without anything secret publishes the cleaned value itself, and the context as it was given', async () => {
  const value = { user: SECRET };
  const nested = { a: 1 };
  const result = await new Laboratory().resultOf({ control: () => value, candidate: () => 2, context: { nested } });
  expect(result.control.cleanedValue).toBe(result.control.kind === 'returned' && result.control.value);
  expect(result.context['nested']).toBe(nested);
});
