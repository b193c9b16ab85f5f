import { describe, expect, it } from 'vitest';
import { toJsonValue } from '../../lib/values/json-value.js';
import { Redaction } from '../../lib/values/redaction/redaction.js';
import { redactText } from '../../lib/values/redaction/secret-texts.js';

const SECRET = 'hunter2hunter2';
const told = (value: unknown, ...paths: string[]) => JSON.stringify(toJsonValue(value, Redaction.of(paths, true)));

describe('the error of a validator or a database tells no secret', () => {
  it.each<[string, unknown]>([
    ['of class-validator', { property: 'password', value: SECRET, constraints: { minLength: 'too short' } }],
    ['of Mongoose', { path: 'password', value: SECRET, stringValue: `"${SECRET}"`, kind: 'minlength' }],
    ['of express-validator', { type: 'field', path: 'user.password', value: SECRET, location: 'body' }],
    ['of Yup', { path: 'password', params: { path: 'password', value: SECRET, originalValue: SECRET } }],
    ['of Zod', { code: 'custom', path: ['user', 'password'], input: SECRET }],
    ['of TypeORM', { query: 'INSERT INTO "session"("id", "token") VALUES ($1, $2)', parameters: [1, SECRET] }],
    ['of Knex', { sql: 'select * from users where reset_token = ?', bindings: [SECRET] }],
    ['of PostgreSQL', { detail: `Key (token)=(${SECRET}) already exists.` }],
    ['of PostgreSQL, about two columns', { detail: `Key (tenant, token)=(7, ${SECRET}) already exists.` }],
  ])('%s', (_, error) => {
    expect(told(error)).toContain('[Redacted]');
    expect(told(error)).not.toContain(SECRET);
  });

  it('and still tells what is none', () => {
    const shown = { property: 'age', value: 7, query: 'SELECT "age" FROM "person" WHERE "id" = $1', parameters: [8] };
    expect(told(shown)).toBe(JSON.stringify(shown));
    expect(told(shown, 'age')).not.toMatch(/7|8/);
  });
});

describe('a text tells no secret', () => {
  const nested = (depth: number, value: unknown): string =>
    depth === 0 ? JSON.stringify(value) : JSON.stringify({ body: nested(depth - 1, value) });

  it.each([0, 1, 2, 3])('in JSON within JSON, %i times, whatever is in the secret', (depth) => {
    for (const secret of [SECRET, `a"${SECRET}`, `a\\"${SECRET}`, `a\\`, `'${SECRET}`]) {
      const text = redactText(nested(depth, { password: secret, shown: 'shown' }));
      expect(text).not.toContain(SECRET);
      expect(text).toContain('shown');
      expect(() => void JSON.parse(text)).not.toThrow();
    }
  });

  it.each([
    ['a list', `{"tokens": ["a", "${SECRET}"], "shown": 1}`, '{"tokens": [Redacted], "shown": 1}'],
    ['an object', `{"credentials": {"user": "}", "key": "${SECRET}"}, "shown": 1}`, '{"credentials": [Redacted], "shown": 1}'],
    ['a list of cookies', `{\n "set-cookie": [\n  "session=${SECRET}"\n ]\n}`, '{\n "set-cookie": [Redacted]\n}'],
    ['an empty list', '{"tokens": [], "shown": 1}', '{"tokens": [], "shown": 1}'],
    ['a number before a space', '{ "pin": 1234 }', '{ "pin": [Redacted] }'],
    ['a password with an @', `postgres://user:p@${SECRET}@host/db`, 'postgres://user:[Redacted]@host/db'],
    ['what is redacted already', '{"tokens": [Redacted], "shown": 1}', '{"tokens": [Redacted], "shown": 1}'],
  ])('in %s', (_, text, redacted) => {
    expect(redactText(text)).toBe(redacted);
  });

  it('nor takes long where names follow each other', () => {
    const text = 'password:'.repeat(20_000);
    const { user } = process.cpuUsage();
    redactText(`${text} is short`);
    expect(process.cpuUsage().user - user).toBeLessThan(5_000_000);
  });
});
