import { Logger } from '@nestjs/common';
import { Exclude, Expose } from 'class-transformer';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ExperimentRegistry } from '../../lib/experiment/run/experiment-registry.js';
import { ExcludedProperties } from '../../lib/studies/providers/excluded-properties.js';
import { ErrorReporter } from '../../lib/studies/studies-reporter.js';
import { withoutEntities } from '../../lib/values/default-cleaner.js';
import { toJsonValue } from '../../lib/values/json-value.js';
import { Redaction } from '../../lib/values/redaction/redaction.js';
import { redactText } from '../../lib/values/redaction/secret-texts.js';
import { Laboratory } from './harness.js';

const SECRET = 'hunter2hunter2';
const told = (value: unknown, ...paths: string[]) => JSON.stringify(toJsonValue(value, Redaction.of(paths, true)));

/** Names of secrets, in the spellings that applications and protocols have. */
const NAMES = [
  ...['password', 'Password', 'PASSWORD', 'userPassword', 'user_password', 'passwordHash', 'password_digest', 'hashedPassword'],
  ...[
    'passwd',
    'pwd',
    'passphrase',
    'token',
    'accessToken',
    'access_token',
    'refresh-token',
    'idToken',
    'tokens',
    'tokenHash',
    'jwt',
  ],
  ...[
    'secret',
    'clientSecret',
    'client_secret',
    'SECRET_ACCESS_KEY',
    'secretKey',
    'apiKey',
    'api_key',
    'API-KEY',
    'x-api-key',
    'Api Key',
  ],
  ...[
    'privateKey',
    'private_key',
    'accessKeyId',
    'signingKey',
    'encryptionKey',
    'authorization',
    'Authorization',
    'proxy-authorization',
  ],
  ...[
    'cookie',
    'Cookie',
    'set-cookie',
    'cookies',
    'credentials',
    'sessionId',
    'connect.sid',
    'csrf',
    'xsrf',
    'auth',
    'otp',
    'pin',
    'cvv',
  ],
];

/** Parts of texts that open what nothing closes. */
const MARKUP = [
  '<password>',
  '<token ',
  '<a',
  '</password>',
  '<pin>x',
  'form-data; name=',
  'form-data; name="pin"\n\n',
  'form-data; ',
  'token=>',
  '&sig=',
  '[pin] => (',
];

const HARMLESS = [
  ...[
    'id',
    'name',
    'email',
    'key',
    'primaryKey',
    'keyword',
    'apiKeyword',
    'tokenizer',
    'tokenise',
    'secretary',
    'author',
    'authenticated',
  ],
  ...[
    'hash',
    'pinned',
    'spin',
    'saltwater',
    'passenger',
    'compass',
    'message',
    'signature',
    'value',
    'session',
    'keys',
    'monkey',
  ],
];

describe('by default, a property is secret', () => {
  it.each(NAMES)('by its name, such as %s', (name) => {
    expect(told({ a: { [name]: SECRET, b: 1 } })).toContain('[Redacted]');
    expect(told({ a: { [name]: SECRET } })).not.toContain(SECRET);
  });

  it.each(HARMLESS)('and not one that is called %s', (name) => {
    expect(told({ [name]: SECRET })).toContain(SECRET);
  });

  /** Places in which a name and its value stand in real values. */
  const PLACES: Record<string, (name: string) => unknown> = {
    'a property': (name) => ({ [name]: SECRET }),
    'a Map': (name) => new Map([[name, SECRET]]),
    URLSearchParams: (name) => new URLSearchParams([[name, SECRET]]),
    'a pair in a list': (name) => [[name, SECRET]],
    'names and values in turn, as rawHeaders': (name) => ['Host', 'a', name, SECRET],
    'a name and a value': (name) => ({ name, value: SECRET }),
    'a key and values': (name) => [{ key: name, values: [SECRET] }],
    'a header and its value': (name) => ({ headers: [{ header: name, value: SECRET }] }),
    'brackets, as in forms': (name) => ({ [`user[${name}]`]: SECRET }),
    'brackets within brackets': (name) => ({ [`a[0][${name}]`]: SECRET }),
    'a path with dots': (name) => ({ [`user.${name}`]: SECRET }),
    'an error': (name) => Object.assign(new Error('no'), { [name]: SECRET }),
    'the cause of an error': (name) => new Error('no', { cause: { [name]: SECRET } }),
    'a text of JSON': (name) => JSON.stringify({ a: 1, [name]: SECRET, b: 2 }),
    'a text of JSON within JSON': (name) => JSON.stringify({ data: JSON.stringify({ [name]: SECRET }) }),
    'the parameters of an address': (name) => `https://a.example/b?c=1&${encodeURIComponent(name)}=${SECRET}&d=2`,
    'the parameters of a URL': (name) => new URL(`https://a.example/?${encodeURIComponent(name)}=${SECRET}`),
    'an element of XML': (name) => `<a><${name}>${SECRET}</${name}></a>`,
    'an element with a prefix and attributes': (name) => `<b:${name} c="d">\n  ${SECRET}\n</b:${name}>`,
    'an element that is cut off': (name) => `<a><${name}>${SECRET}`,
    'an element with others': (name) => `<${name}><a>${SECRET}</a><b/></${name}>`,
    'CDATA of an element': (name) => `<${name}><![CDATA[${SECRET} <x>]]></${name}>`,
    'an attribute': (name) => `<a ${name}="${SECRET}" b="c"/>`,
    'a field of a form': (name) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${SECRET}\r\n--x--`,
    'a field of a form in JSON': (name) =>
      JSON.stringify(`--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\na ${SECRET}\r\n--x--`),
    'a field of a form, with a file and a type': (name) =>
      `--x\nContent-Disposition: form-data; name="${name}"; filename="a.txt"\nContent-Type: text/plain\n\n${SECRET}\nb\n--x--`,
    'a field of a form that is cut off': (name) => `Content-Disposition: form-data; name="a[${name}]"\r\n\r\n${SECRET}`,
    'an arrow, as Ruby and PHP write it': (name) => `{:${name} => ${SECRET}, "${name}" => "${SECRET}", '${name}'=>'${SECRET}'}`,
    'an arrow, as print_r writes it': (name) => `Array\n(\n    [${name}] => ${SECRET}\n)`,
    'an arrow alone': (name) => `${name} => ${SECRET}`,
    'a message': (name) => new Error(`failed with ${name}=${SECRET}, again`),
  };
  const PLAIN_NAMES = NAMES.filter((name) => !/[ .]/.test(name));

  it.each(Object.entries(PLACES))('in %s', (_, place) => {
    for (const name of PLAIN_NAMES) {
      const text = told({ deep: [place(name)] });
      expect([name, text]).toEqual([name, expect.not.stringContaining(SECRET)]);
      expect(text).toContain('Redacted');
    }
  });

  it('whatever surrounds it, and what is not secret stays', () => {
    const place = fc.constantFrom(...Object.values(PLACES));
    const wrapped = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.tuple(place, fc.constantFrom(...PLAIN_NAMES)).map(([put, name]) => put(name)),
        fc.constantFrom<unknown>(1, 'kept', null, undefined),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'user', 'items', 'value', 'name'), tie('tree'), { maxKeys: 3 }),
        fc.array(tie('tree'), { maxLength: 2 }).map((items) => new Set(items)),
      ),
    })).tree;
    const property = fc.property(wrapped, (value) => {
      expect(told(value)).not.toContain(SECRET);
    });
    fc.assert(property, { numRuns: 500 });
    expect(told({ a: [{ token: SECRET, kept: 1 }, 'kept'] })).toBe('{"a":[{"token":"[Redacted]","kept":1},"kept"]}');
  });

  it.each([
    [`Authorization: Bearer ${SECRET}\r\nHost: a`, 'Authorization: [Redacted]\r\nHost: a'],
    [`Cookie: a=${SECRET}; b=${SECRET}\nHost: a`, 'Cookie: [Redacted]\nHost: a'],
    [`sent bearer ${SECRET} to a`, 'sent bearer [Redacted] to a'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl is no token', '[Redacted] is no token'],
    [`connect to postgres://app:${SECRET}@db:5432/app failed`, 'connect to postgres://app:[Redacted]@db:5432/app failed'],
    [`$2b$10$${'a'.repeat(53)}`, '[Redacted]'],
    ['$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaGhhc2hoYXNo', '[Redacted]'],
    [`-----BEGIN RSA PRIVATE KEY-----\n${SECRET}\n-----END RSA PRIVATE KEY-----`, '[Redacted]'],
    [`-----BEGIN PRIVATE KEY-----\n${SECRET}`, '[Redacted]'],
    [`{"password":"a\\"${SECRET}"}`, '{"password":"[Redacted]"}'],
    [`{"password":"${SECRET}`, '{"password":"[Redacted]'],
    [`password: ${SECRET}`, 'password: [Redacted]'],
    [
      `https://a.example/b?X-Amz-Expires=9&X-Amz-Signature=${SECRET}`,
      'https://a.example/b?X-Amz-Expires=9&X-Amz-Signature=[Redacted]',
    ],
    [`GET /b?sv=1&sig=${SECRET}&se=2`, 'GET /b?sv=1&sig=[Redacted]&se=2'],
    [`/b?a=1&amp;hmac=${SECRET}`, '/b?a=1&amp;hmac=[Redacted]'],
    [
      `<login><user>a</user><password>${SECRET}</password></login>`,
      '<login><user>a</user><password>[Redacted]</password></login>',
    ],
    ['<password/><a>b</a><secret></secret>', '<password/><a>b</a><secret></secret>'],
    ['Promise<Token> was rejected in <PasswordInput> of <App>', 'Promise<Token> was rejected in <PasswordInput> of <App>'],
    ['<input type="password"><label>Password</label>', '<input type="password"><label>Password</label>'],
    ['list.map(token => token.id), (secret) => { return 1; }', 'list.map(token => token.id), (secret) => { return 1; }'],
    ['async token => (await find(token)).id', 'async token => (await find(token)).id'],
    ['signature=abc, sig: 1, the signature = 2', 'signature=abc, sig: 1, the signature = 2'],
    ['form-data; name="city"\r\n\r\nBern\r\n--x', 'form-data; name="city"\r\n\r\nBern\r\n--x'],
    ['password: must be longer than 8', 'password: must be longer than 8'],
    ['Unexpected token } in JSON at 1', 'Unexpected token } in JSON at 1'],
    ['a = b, c: d, https://a.example/b?c=d', 'a = b, c: d, https://a.example/b?c=d'],
  ])('in the text %j', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  it('in a text of any length, in time that grows with its length', () => {
    // In time that grows with its square, none would end before the test is given up.
    for (const part of [
      '=',
      ':',
      'a=',
      '://',
      'eyJ',
      ' eyJ',
      '$2$',
      'password=',
      'bearer ',
      '"',
      'a.',
      '"password":"\\',
      ...MARKUP,
    ]) {
      expect(redactText(part.repeat(400_000))).toBeTypeOf('string');
    }
  });
});

describe('paths that users give', () => {
  it.each(['apiKey', 'api_key', 'API-KEY', 'api key'])('match in any spelling: %s', (path) => {
    const redaction = Redaction.of([path]);
    for (const name of ['apiKey', 'api_key', 'API-KEY', 'Api Key', 'x[apiKey]']) {
      expect(JSON.stringify(toJsonValue({ [name]: SECRET }, redaction))).not.toContain(SECRET);
    }
  });

  it('match names that stand beside their values, also directly in another', () => {
    const redaction = Redaction.of(['headers.x-user']);
    const hidden = [
      { headers: [['X-User', SECRET]] },
      { headers: ['X-User', SECRET] },
      { headers: [{ name: 'X-User', value: SECRET }] },
      { headers: { name: 'x_user', value: SECRET } },
      { 'headers[x-user]': SECRET },
    ];
    for (const value of hidden) expect(JSON.stringify(toJsonValue(value, redaction))).not.toContain(SECRET);
    expect(JSON.stringify(toJsonValue({ others: [['X-User', SECRET]] }, redaction))).toContain(SECRET);
  });

  class User {
    constructor(readonly email: string) {}
  }
  const identify = (value: object) =>
    value instanceof User ? { entity: 'User', id: value.email, property: 'email' } : undefined;

  it('match the id of an entity by the name of its column', () => {
    const values = [
      new User(SECRET),
      [new User(SECRET), new User(SECRET)],
      { owner: new User(SECRET) },
      new Map([['a', new User(SECRET)]]),
    ];
    for (const value of values) {
      const cleaned = withoutEntities(value, identify);
      expect(JSON.stringify(toJsonValue(cleaned, Redaction.of(['email'])))).not.toContain(SECRET);
      expect(JSON.stringify(toJsonValue(cleaned, Redaction.of(['name'])))).toContain(SECRET);
    }
  });
});

describe('what class-transformer leaves out', () => {
  class Account {
    id = 1;
    @Exclude() hashed = SECRET;
    @Exclude({ toPlainOnly: true }) provider = SECRET;
    @Exclude({ toClassOnly: true }) shown = 'shown';
    @Expose({ groups: ['admin'] }) email = SECRET;
  }
  class SpecialAccount extends Account {}

  @Exclude()
  class Closed {
    @Expose() id = 1;
    anything = SECRET;
  }

  const redaction = Redaction.of([(prototype: object) => new ExcludedProperties().find(prototype)], true);

  it.each<[string, () => object, object]>([
    [
      'of a class',
      () => new Account(),
      { id: 1, hashed: '[Redacted]', provider: '[Redacted]', shown: 'shown', email: '[Redacted]' },
    ],
    [
      'of a class that extends one',
      () => new SpecialAccount(),
      { id: 1, hashed: '[Redacted]', provider: '[Redacted]', shown: 'shown', email: '[Redacted]' },
    ],
    ['of a class that leaves out all', () => new Closed(), { id: 1, anything: '[Redacted]' }],
    [
      'of another class',
      () =>
        new (class Other {
          hashed = 1;
        })(),
      { hashed: 1 },
    ],
  ])('is redacted %s', (_, make, expected) => {
    expect(toJsonValue(make(), redaction)).toEqual(expected);
  });
});

it('an experiment tells no secret, in values, errors and contexts, unless it is told to', async () => {
  const given = {
    control: () => ({ token: SECRET, plain: `Bearer ${SECRET}` }),
    candidate: () => {
      throw Object.assign(new Error(`password=${SECRET}`), { config: { headers: { Authorization: SECRET } } });
    },
    context: { cookie: SECRET },
  };
  const laboratory = new Laboratory();
  const all = async (options: object) => {
    const result = await laboratory.resultOf({ ...given, ...options });
    const { control, context } = result;
    return JSON.stringify([result, control.cleanedValue, context, String(control), result.candidates.map(String)]);
  };

  expect(await all({})).not.toContain(SECRET);
  expect(await all({ redactDefaults: false })).toContain(SECRET);
});

describe("the library's own log of errors", () => {
  it.each<[string, object, unknown]>([
    ['secrets by default', {}, new Error(`connect to postgres://a:${SECRET}@b failed`)],
    ['what is thrown as a text', {}, `apiKey=${SECRET}`],
    ['the message, if that is redacted', { redact: ['message'] }, new Error(`user ${SECRET}`)],
  ])('has no %s', (_, options, error) => {
    const lines: unknown[] = [];
    vi.spyOn(Logger.prototype, 'error').mockImplementation((...line: unknown[]) => void lines.push(line));
    const registry = new ExperimentRegistry();
    registry.complete(
      { defaults: [options], report: () => undefined, publish: () => undefined, added: () => undefined },
      new Map(),
    );
    new ErrorReporter({ onError: undefined, onHalt: undefined }, registry).report('clean', error, 'search');

    expect(JSON.stringify(lines)).toContain('Redacted');
    expect(JSON.stringify(lines)).not.toContain(SECRET);
    vi.restoreAllMocks();
  });
});
