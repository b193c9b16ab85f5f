import type { SqlDialect } from './sql-dialect.js';
import { readSqlTokens, UNFINISHED, type SqlToken } from './sql-tokens.js';

/** What a text that is sent to a database does. */
export interface StatementEffect {
  /** Writing that it does, locks that it takes, or messages that it sends, such as `INSERT orders`; undefined if it only reads. */
  readonly writes: string | undefined;
  /** Whether it begins a transaction and leaves it open, or ends one. */
  readonly transaction: 'begins' | 'ends' | undefined;
  /** Tells whether it consists of statements about transactions alone. */
  readonly isTransactionOnly: boolean;
  /** Tells whether it changes settings of the session. */
  readonly changesSession: boolean;
}

/** Longest text, in characters, that is looked through. A longer one counts as writing. */
const LONGEST = 200_000;

/** Finds out what a text does. It is read twice where a setting of the database decides how, and all that it may do counts. */
export function findStatementEffect(text: string, dialect: SqlDialect): StatementEffect {
  if (text.length > LONGEST) return { ...NOTHING, writes: `a statement of over ${LONGEST.toLocaleString('en')} characters` };
  const readings = [false, true]
    .filter((hasBackslashes) => !hasBackslashes || text.includes('\\'))
    .map((hasBackslashes) => readSqlTokens(text, dialect.lexicon, hasBackslashes))
    .filter((tokens) => tokens !== UNFINISHED);
  if (readings.length === 0) return { ...NOTHING, writes: 'a statement that can’t be read' };
  return readings.map((tokens) => effectOf(tokens, dialect)).reduce(combine);
}

const NOTHING: StatementEffect = { writes: undefined, transaction: undefined, isTransactionOnly: false, changesSession: false };

/** Combines the effects of two readings, or of two statements that follow each other. */
function combine(one: StatementEffect, other: StatementEffect): StatementEffect {
  return {
    writes: one.writes ?? other.writes,
    transaction: other.transaction ?? one.transaction,
    isTransactionOnly: one.isTransactionOnly && other.isTransactionOnly,
    changesSession: one.changesSession || other.changesSession,
  };
}

function effectOf(tokens: readonly SqlToken[], dialect: SqlDialect): StatementEffect {
  const statements = splitAt(tokens, ';').filter(({ length }) => length > 0);
  return statements.length === 0
    ? NOTHING
    : statements.map((statement) => effectOfStatement(withoutBrackets(statement), dialect)).reduce(combine);
}

function splitAt(tokens: readonly SqlToken[], symbol: string): SqlToken[][] {
  const parts: SqlToken[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'symbol' && token.text === symbol) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** Removes the brackets before a statement, such as those of `(SELECT …) UNION …`. */
function withoutBrackets(statement: readonly SqlToken[]): readonly SqlToken[] {
  const begin = statement.findIndex(({ kind, text }) => kind !== 'symbol' || text !== '(');
  return statement.slice(Math.max(begin, 0));
}

function effectOfStatement(statement: readonly SqlToken[], dialect: SqlDialect): StatementEffect {
  const words = statement.slice(0, 6).map(({ kind, text }) => (kind === 'word' ? text : ''));
  const transaction = transactionOf(words.join(' ').trim());
  if (transaction !== undefined) {
    const isLeaving = has(statement, 'read', 'write');
    return { ...NOTHING, ...transaction, writes: isLeaving ? 'READ WRITE transaction' : undefined };
  }
  const changesSession = ['set', 'reset', 'use', 'prepare', 'declare', 'listen', 'lock'].includes(words[0] ?? '');
  return { ...NOTHING, changesSession, writes: writingOf(statement, dialect) };
}

/** Tells what a statement about transactions does; undefined for others. Two-phase commits outlive their session, and count as writing. */
function transactionOf(words: string): Pick<StatementEffect, 'transaction' | 'isTransactionOnly'> | undefined {
  if (/^(?:begin|start transaction|set autocommit)\b/.test(words)) return { transaction: 'begins', isTransactionOnly: true };
  if (/^(?:commit|rollback) prepared\b/.test(words)) return undefined;
  if (
    /^(?:savepoint|release|rollback (?:work |transaction )?to|set (?:session |local )?transaction|set session characteristics)\b/.test(
      words,
    )
  )
    return { transaction: undefined, isTransactionOnly: true };
  return /^(?:commit|rollback|end|abort)\b/.test(words) ? { transaction: 'ends', isTransactionOnly: true } : undefined;
}

/** Returns what a statement writes; undefined if it only reads. */
function writingOf(statement: readonly SqlToken[], dialect: SqlDialect): string | undefined {
  const [first] = statement;
  const verb = first?.kind === 'word' ? first.text : '';
  if (!dialect.reads.has(verb)) return describeWriting(statement);
  switch (verb) {
    case 'explain':
    case 'analyze':
      return writingOfExplained(statement, dialect);
    case 'describe':
    case 'desc':
      return undefined;
    case 'set':
    case 'reset':
      return writingOfSetting(statement, dialect);
    case 'pragma':
      return writingOfPragma(statement, dialect);
    case 'prepare':
      return writingOfPrepared(statement, dialect);
    case 'copy':
      return has(statement, 'to', 'stdout') && !has(statement, 'from', 'stdin')
        ? partThatWrites(statement, dialect)
        : describeWriting(statement);
    default:
      return partThatWrites(statement, dialect);
  }
}

/** Verbs that write. */
const WRITING = new Set(['insert', 'update', 'delete', 'merge', 'replace', 'truncate', 'upsert']);
const VERBS = new Set([
  ...WRITING,
  'select',
  'with',
  'values',
  'table',
  'execute',
  'create',
  'declare',
  'refresh',
  'call',
  'for',
]);

/** A statement that is only explained does nothing, but with ANALYZE it is executed. */
function writingOfExplained(statement: readonly SqlToken[], dialect: SqlDialect): string | undefined {
  const at = statement.findIndex(({ kind, text }) => kind === 'word' && VERBS.has(text));
  const isExecuted = statement
    .slice(0, at === -1 ? undefined : at)
    .some(({ kind, text }) => kind === 'word' && /^analy[sz]e$/.test(text));
  if (!isExecuted) return undefined;
  return at === -1 || statement[at]?.text === 'table' ? describeWriting(statement) : writingOf(statement.slice(at), dialect);
}

/** Finds a setting that must not be set. */
function writingOfSetting(statement: readonly SqlToken[], dialect: SqlDialect): string | undefined {
  const refused = splitAt(statement.slice(1), ',').find((assignment) => {
    const isUsersVariable = assignment[0]?.text === '@' && assignment[1]?.text !== '@';
    if (isUsersVariable) return false;
    const [name, second] = assignment
      .filter(({ kind, text }) => (kind === 'word' || kind === 'name') && !/^(?:session|local)$/i.test(text))
      .map(({ text }) => text.toLowerCase());
    if (name === undefined) return assignment.length > 0 && assignment[0]?.kind !== 'literal';
    if (name === 'time' || name === 'constraints' || (name === 'character' && second === 'set')) return false;
    return !dialect.settings.test(name);
  });
  if (refused !== undefined) {
    return `SET ${refused
      .filter(({ kind }) => kind === 'word' || kind === 'name')
      .slice(0, 3)
      .map(({ text }) => text)
      .join(' ')}`.trim();
  }
  return partThatWrites(statement, dialect);
}

/** A pragma without an argument tells something. One with an argument tells something about it, or sets it. */
function writingOfPragma(statement: readonly SqlToken[], dialect: SqlDialect): string | undefined {
  const [name, ...rest] = splitAt(statement.slice(1), '.').at(-1) ?? []; // the name of a schema may come before
  const pragma = name?.text.toLowerCase() ?? '';
  const isTelling =
    dialect.settings.test(pragma) && (rest.length === 0 || (isSymbol(rest[0], '(') && /_(?:x?info|list|check)$/.test(pragma)));
  return isTelling ? undefined : `PRAGMA ${pragma}`.trim();
}

function writingOfPrepared(statement: readonly SqlToken[], dialect: SqlDialect): string | undefined {
  const at = statement.findIndex(({ kind, text }) => kind === 'word' && text === 'as');
  return at === -1 ? describeWriting(statement) : writingOf(withoutBrackets(statement.slice(at + 1)), dialect);
}

/** Finds a part of a reading statement that does more than read. */
function partThatWrites(statement: readonly SqlToken[], dialect: SqlDialect): string | undefined {
  for (const [index, token] of statement.entries()) {
    if (token.kind === 'literal' || token.kind === 'symbol') continue;
    const part = writingAt(statement, index, dialect);
    if (part !== undefined) return part;
  }
  return undefined;
}

function writingAt(statement: readonly SqlToken[], index: number, dialect: SqlDialect): string | undefined {
  const { kind, text } = statement[index] as SqlToken; // it is one of its tokens
  const next = statement[index + 1];
  const previous = statement[index - 1];
  if (
    isSymbol(next, '(') &&
    dialect.actingFunctions.test(dialect.lexicon.isPostgres && kind === 'name' ? text : text.toLowerCase())
  )
    return `${text}()`;
  if (kind === 'name') {
    const isEscaped =
      dialect.lexicon.isPostgres && isSymbol(previous, '&') && statement[index - 2]?.text === 'u' && text.includes('\\');
    return isEscaped ? 'a name with escapes' : undefined;
  }
  if (WRITING.has(text)) {
    const isVerb = previous === undefined || isSymbol(previous, '(') || isSymbol(previous, ')') || dialect.isStrict;
    const hasTarget = next?.kind === 'word' || next?.kind === 'name';
    if (isVerb && hasTarget) return describeWriting(statement.slice(index));
  }
  return lockAt(statement, index) ?? targetAt(statement, index);
}

/** Finds locks of rows, for which others would wait, and values of sequences, which are used up. */
function lockAt(statement: readonly SqlToken[], index: number): string | undefined {
  const words = wordsFrom(statement, index, 4);
  const [lock] = /^(?:for (?:no key update|update|key share|share)|lock in share mode)(?= |$)/.exec(words) ?? [];
  if (lock !== undefined) return `SELECT ${lock.toUpperCase()}`;
  return /^next value for(?= |$)/.test(words) ? 'NEXT VALUE FOR' : undefined;
}

/** Finds the target of a SELECT that stores its rows, other than in a variable. */
function targetAt(statement: readonly SqlToken[], index: number): string | undefined {
  if (statement[index]?.text !== 'into') return undefined;
  const next = statement[index + 1];
  return next === undefined || isSymbol(next, '@') ? undefined : `SELECT INTO ${next.text}`.trim();
}

/** Words between a verb and its target. */
const BETWEEN =
  /^(?:into|from|only|table|ignore|low_priority|high_priority|delayed|quick|if|not|exists|or|replace|rollback|abort|fail|temporary|temp|unlogged|unique|index|concurrently|view|materialized|database|schema|sequence|function|procedure|trigger|type|extension|role|user|recursive)$/;

/** Describes what a statement does, such as `INSERT orders`. */
function describeWriting(statement: readonly SqlToken[]): string {
  const [first, ...rest] = statement;
  if (first === undefined) return 'an empty statement';
  const verb = first.kind === 'word' ? first.text.toUpperCase() : 'a statement that is not known';
  const names = rest.filter(({ kind }) => kind !== 'literal');
  const at = names.findIndex(({ kind, text }) => kind === 'name' || (kind === 'word' && !BETWEEN.test(text)));
  if (at === -1 || names.slice(0, at).some(({ kind }) => kind === 'symbol')) return verb;
  const isQualified = isSymbol(names[at + 1], '.');
  const target = isQualified ? (names[at + 2] ?? names[at]) : names[at];
  return `${verb} ${target?.text ?? ''}`.trim();
}

function isSymbol(token: SqlToken | undefined, text: string): boolean {
  return token?.kind === 'symbol' && token.text === text;
}

function wordsFrom(statement: readonly SqlToken[], index: number, count: number): string {
  return statement
    .slice(index, index + count)
    .map(({ kind, text }) => (kind === 'word' ? text : '·'))
    .join(' ');
}

/** Tells whether two words follow each other. */
function has(statement: readonly SqlToken[], one: string, other: string): boolean {
  return statement.some(
    ({ kind, text }, index) =>
      kind === 'word' && text === one && statement[index + 1]?.kind === 'word' && statement[index + 1]?.text === other,
  );
}
