import type { SqlDialect } from './sql-dialect.js';
import type { SqlToken } from './sql-tokens.js';
import { isSymbol, wordsFrom } from './token-search.js';

/** Verbs that write. */
export const WRITING: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'merge', 'replace', 'truncate', 'upsert']);

/** Finds a part of a reading statement that does more than read. */
export function partThatWrites(statement: readonly SqlToken[], dialect: SqlDialect): string | undefined {
  for (const [index, token] of statement.entries()) {
    if (token.kind === 'symbol') continue;
    const part = writingAt(statement, index, dialect);
    if (part !== undefined) return part;
  }
  return undefined;
}

function writingAt(statement: readonly SqlToken[], index: number, dialect: SqlDialect): string | undefined {
  const { kind, text } = statement[index] as SqlToken; // it is one of its tokens
  const next = statement[index + 1];
  const previous = statement[index - 1];
  // With a setting of MySQL's, what looks like a string is a name.
  const isFunction = isSymbol(next, '(') && (kind !== 'literal' || dialect.lexicon.isMysql);
  const name = dialect.lexicon.isPostgres && kind === 'name' ? text : text.toLowerCase();
  if (isFunction && dialect.actingFunctions.test(name) && !setsHarmlessly(statement, index, dialect)) return `${text}()`;
  // A pragma as a table writes without brackets.
  if (name === 'pragma_optimize') return name;
  if (kind === 'literal') return undefined;
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

/** Tells whether a call of `set_config` sets what a session may set, such as the tenant that row-level security asks for. */
function setsHarmlessly(statement: readonly SqlToken[], index: number, { settings }: SqlDialect): boolean {
  const [called, , setting, comma] = statement.slice(index, index + 4);
  return (
    called?.text === 'set_config' &&
    setting?.kind === 'literal' &&
    isSymbol(comma, ',') &&
    settings.test(setting.text.toLowerCase())
  );
}

/** Finds locks of rows, for which others would wait, and values of sequences, which are used up. */
function lockAt(statement: readonly SqlToken[], index: number): string | undefined {
  if (!/^(?:for|lock|next)$/.test(statement[index]?.text ?? '')) return undefined;
  const words = wordsFrom(statement, index, 4);
  const [lock] = /^(?:for (?:no key update|update|key share|share)|lock in share mode)(?= |$)/.exec(words) ?? [];
  if (lock !== undefined) return `SELECT ${lock.toUpperCase()}`;
  return /^next value for(?= |$)/.test(words) ? 'NEXT VALUE FOR' : undefined;
}

/** Finds the target of a SELECT that stores its rows, other than in a variable. */
function targetAt(statement: readonly SqlToken[], index: number): string | undefined {
  const previous = statement[index - 1];
  const isColumn = isSymbol(previous, '.') || (previous?.kind === 'word' && previous.text === 'as');
  if (statement[index]?.text !== 'into' || isColumn) return undefined;
  const next = statement[index + 1];
  return next === undefined || isSymbol(next, '@') ? undefined : `SELECT INTO ${next.text}`.trim();
}

/** Words between a verb and its target. */
const BETWEEN =
  /^(?:into|from|only|table|ignore|low_priority|high_priority|delayed|quick|if|not|exists|or|replace|rollback|abort|fail|temporary|temp|unlogged|unique|index|concurrently|view|materialized|database|schema|sequence|function|procedure|trigger|type|extension|role|user|recursive)$/;

/** Describes what a statement does, such as `INSERT orders`. */
export function describeWriting(statement: readonly SqlToken[]): string {
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
