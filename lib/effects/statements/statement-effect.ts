import type { SqlDialect } from './sql-dialect.js';
import { partThatWrites } from './acting-part.js';
import { writingOf } from './reading-statement.js';
import { readSqlTokens, UNFINISHED, type SqlToken } from './sql-tokens.js';
import { has, isSymbol, splitAt, withoutBrackets, wordsFrom } from './token-search.js';

/** Effect of a text that is sent to a database. */
export interface StatementEffect {
  /** Writing that it does, locks that it takes, or messages that it sends, such as `INSERT orders`; undefined if it only reads. */
  readonly writes: string | undefined;
  /** Beginning of a transaction that it leaves open, or end of one. */
  readonly transaction: 'begins' | 'ends' | undefined;
  /** Tells whether it consists of statements about transactions alone. */
  readonly isTransactionOnly: boolean;
  /** Tells whether it changes settings of the session. */
  readonly changesSession: boolean;
}

/** Longest text, in characters, that is looked through, in some ms. A longer one that may do more than read counts as writing. */
const LONGEST = 40_000;

/**
 * Finds out what a text does. It is read in several ways where a setting or the version of the database decides how,
 * and all that it may do counts.
 */
export function findStatementEffect(text: string, dialect: SqlDialect): StatementEffect {
  if (SELECTS.test(text) && !dialect.suspicious.test(text)) return NOTHING;
  if (text.length > LONGEST) return { ...NOTHING, writes: `a statement of over ${LONGEST.toLocaleString('en')} characters` };
  const { lexicon } = dialect;
  const readings = [false, true]
    .filter((hasBackslashes) => !hasBackslashes || text.includes('\\'))
    .flatMap((hasBackslashes) =>
      [false, true]
        .filter((skipsVersions) => !skipsVersions || (lexicon.isMysql && /\/\*M?!/.test(text)))
        .map((skipsVersions) => readSqlTokens(text, lexicon, { hasBackslashes, skipsVersions })),
    )
    .filter((tokens) => tokens !== UNFINISHED);
  if (readings.length === 0) return { ...NOTHING, writes: 'a statement that can’t be read' };
  return readings.map((tokens) => effectOf(tokens, dialect)).reduce(combine);
}

const SELECTS = /^\s*select\b/i;

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

function effectOfStatement(statement: readonly SqlToken[], dialect: SqlDialect): StatementEffect {
  const words = wordsFrom(statement, 0, 6);
  const transaction = transactionOf(words);
  if (transaction !== undefined) {
    const isLeaving = has(statement, 'read', 'write');
    return { ...NOTHING, ...transaction, writes: isLeaving ? 'READ WRITE transaction' : partThatWrites(statement, dialect) };
  }
  const changesSession =
    ['set', 'reset', 'use', 'prepare', 'declare', 'listen', 'lock'].includes(words.split(' ', 1)[0] ?? '') ||
    (dialect.lexicon.isMysql && setsVariable(statement)) ||
    statement.some(({ text }) => text === 'set_config');
  return { ...NOTHING, changesSession, writes: writingOf(statement, dialect) };
}

/** Tells whether a query sets a variable of the user's, as in `@n := 1` and `INTO @n`, which the session keeps. */
function setsVariable(statement: readonly SqlToken[]): boolean {
  return statement.some(
    (token, index) =>
      (isSymbol(token, ':') && isSymbol(statement[index + 1], '=')) ||
      (token.kind === 'word' && token.text === 'into' && isSymbol(statement[index + 1], '@')),
  );
}

type TransactionEffect = Pick<StatementEffect, 'transaction' | 'isTransactionOnly' | 'changesSession'>;

/** Tells what a statement about transactions does; undefined for others. Two-phase commits outlive their session, and count as writing. */
function transactionOf(words: string): TransactionEffect | undefined {
  const kept = { isTransactionOnly: true, changesSession: false };
  // What follows BEGIN NOT ATOMIC is a program, and what follows `SET autocommit = 0,` is another setting.
  if (/^(?:begin(?! not\b)|start transaction\b|set autocommit · (?:·|on|off|true|false|default)$)/.test(words))
    return { ...kept, transaction: 'begins' };
  if (/^(?:commit|rollback) prepared\b/.test(words)) return undefined;
  if (/^(?:commit|rollback|end|abort)\b.* and chain\b/.test(words)) return { ...kept, transaction: 'begins' };
  if (
    /^(?:savepoint|release|rollback (?:work |transaction )?to|set (?:session |local )?transaction|set session characteristics)\b/.test(
      words,
    )
  )
    return { ...kept, transaction: undefined, changesSession: /^set (?:session|local)\b/.test(words) };
  return /^(?:commit|rollback|end|abort)\b/.test(words) ? { ...kept, transaction: 'ends' } : undefined;
}
