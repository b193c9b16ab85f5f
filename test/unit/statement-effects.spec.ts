import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sqlDialectOf } from '../../lib/effects/statements/sql-dialect.js';
import { findStatementEffect } from '../../lib/effects/statements/statement-effect.js';
import { READING } from '../support/statements/reading.js';
import { chance } from '../support/chance.js';
import { WRITING } from '../support/statements/writing.js';

const effectOf = (text: string, type: string) => findStatementEffect(text, sqlDialectOf(type));

describe.each(Object.entries(READING))('on %s, what only reads', (type, statements) => {
  it.each(statements)('%s', (statement) => {
    expect(effectOf(statement, type).writes).toBeUndefined();
  });
});

describe.each(Object.entries(WRITING))('on %s, what writes', (type, statements) => {
  it.each(statements)('%s', (statement, what) => {
    expect(effectOf(statement, type).writes).toBe(what);
  });
});

/** Texts that are no code, of each database. */
const SILENT = {
  postgres: [(text: string) => `/* ${text.replaceAll('*/', '')} */`, (text: string) => `-- ${text.replaceAll(/[\r\n]/g, ' ')}\n`],
  mysql: [
    (text: string) => `/* ${text.replaceAll('*/', '')} */`,
    (text: string) => `-- ${text.replaceAll('\n', ' ')}\n`,
    (text: string) => `# ${text.replaceAll('\n', ' ')}\n`,
  ],
  sqlite: [(text: string) => `/* ${text.replaceAll('*/', '')} */`, (text: string) => `-- ${text.replaceAll(/[\r\n]/g, ' ')}\n`],
} as const;

describe.each(Object.entries(SILENT))('on %s, whatever stands in comments and strings', (type, comments) => {
  const random = chance(17);
  const pick = <One>(list: readonly One[]) => list[Math.floor(random() * list.length)] as One;
  const writing = WRITING[type as keyof typeof SILENT];
  const reading = READING[type as keyof typeof SILENT].filter((one) => /^select\b/i.test(one) && !one.includes(';'));

  it('a statement that writes is found behind any comment', () => {
    for (const [statement, what] of writing) {
      const hidden = `${pick(comments)(pick(reading))}${statement}${pick(comments)(pick(reading))}`;
      expect(effectOf(hidden, type).writes, hidden).toBe(what);
    }
  });

  it('a statement that writes is found behind any that reads', () => {
    for (const [statement] of writing) {
      const hidden = `${pick(reading)}\n;${pick(comments)('x')}${statement}`;
      expect(effectOf(hidden, type).writes, hidden).toBeDefined();
    }
  });

  it('a statement that reads is not refused for what its strings and comments say', () => {
    for (const [statement] of writing) {
      const text = statement.replaceAll('\\', '').replaceAll("'", "''");
      const harmless = `SELECT '${text}' AS text ${pick(comments)(statement.replaceAll('/*', ''))} WHERE 1 = 1`;
      expect(effectOf(harmless, type).writes, harmless).toBeUndefined();
    }
  });
});

it('counts what is too long to be looked through as writing', () => {
  expect(effectOf(`SELECT ${'1,'.repeat(200_000)}1;`, 'postgres').writes).toBe('a statement of over 40,000 characters');
});

it('counts what ends within a string as writing', () => {
  expect(effectOf("SELECT 1; SELECT 'a", 'postgres').writes).toBe('a statement that can’t be read');
});

it.each([
  ['BEGIN', 'begins', true, false],
  ['COMMIT', 'ends', true, false],
  ['ROLLBACK TO SAVEPOINT a', undefined, true, false],
  ['SELECT 1; BEGIN; SELECT 2', 'begins', false, false],
  ['BEGIN; SELECT 1; COMMIT', 'ends', false, false],
  ['SELECT 1; SET search_path TO a', undefined, false, true],
  ["SELECT 'SET a'", undefined, false, false],
  ['COMMIT AND CHAIN', 'begins', true, false],
  ['ROLLBACK AND NO CHAIN', 'ends', true, false],
  ['SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE', undefined, true, true],
  ['SET TRANSACTION ISOLATION LEVEL SERIALIZABLE', undefined, true, false],
] as const)('tells of %s what it leaves behind', (statement, transaction, isTransactionOnly, changesSession) => {
  expect(effectOf(statement, 'postgres')).toEqual({ writes: undefined, transaction, isTransactionOnly, changesSession });
});

it.each([
  ['SELECT @n := 1', undefined, true],
  ['SELECT id INTO @id FROM users', undefined, true],
  ['SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED', undefined, true],
  ['SET TRANSACTION ISOLATION LEVEL READ COMMITTED', undefined, false],
  ['SET autocommit = 0', 'begins', false],
  ['SELECT @n', undefined, false],
] as const)('tells of %s what it leaves behind in MySQL', (statement, transaction, changesSession) => {
  expect(effectOf(statement, 'mysql')).toMatchObject({ writes: undefined, transaction, changesSession });
});

it('takes time in proportion to the text, whatever it is', () => {
  const parts = fc.array(
    fc.constantFrom('/*', '*/', '--', '\n', ' ', '(', 'a', '/', '*', "'", '"', '$', '\\', ';', 'select ', 'explain '),
    {
      size: 'large',
      maxLength: 3_000,
    },
  );
  fc.assert(
    fc.property(parts, fc.constantFrom('postgres', 'mysql', 'sqlite', 'mssql'), (list, type) => {
      const begun = process.cpuUsage();
      effectOf(`select ${list.join('')}`, type);
      const { user, system } = process.cpuUsage(begun);
      return user + system < 100_000;
    }),
  );
});
