import { describeWriting, partThatWrites, WRITING } from './acting-part.js';
import type { SqlDialect } from './sql-dialect.js';
import type { SqlToken } from './sql-tokens.js';
import { has, isSymbol, splitAt, withoutBrackets } from './token-search.js';

/** Returns what a statement writes, such as `INSERT orders`; undefined if it only reads. */
export function writingOf(statement: readonly SqlToken[], dialect: SqlDialect): string | undefined {
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
      return isCopyToStdout(statement) ? partThatWrites(statement, dialect) : describeWriting(statement);
    default:
      return partThatWrites(statement, dialect);
  }
}

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
    .some(({ kind, text }) => (kind === 'word' || kind === 'name') && /^analy[sz]e$/.test(text));
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

/** Tells whether a COPY only sends rows to whoever asks. Within brackets, the words may be names. */
function isCopyToStdout(statement: readonly SqlToken[]): boolean {
  let depth = 0;
  const outside = statement.filter((token) => {
    if (isSymbol(token, '(')) depth += 1;
    if (isSymbol(token, ')')) depth -= 1;
    return depth === 0;
  });
  return has(outside, 'to', 'stdout') && !outside.some(({ text }) => text === 'from' || text === 'program');
}
