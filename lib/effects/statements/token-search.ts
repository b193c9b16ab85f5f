import type { SqlToken } from './sql-tokens.js';

/** Splits a list of tokens at a symbol. */
export function splitAt(tokens: readonly SqlToken[], symbol: string): SqlToken[][] {
  const parts: SqlToken[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'symbol' && token.text === symbol) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** Removes the brackets before a statement, such as those of `(SELECT …) UNION …`. */
export function withoutBrackets(statement: readonly SqlToken[]): readonly SqlToken[] {
  const begin = statement.findIndex(({ kind, text }) => kind !== 'symbol' || text !== '(');
  return statement.slice(Math.max(begin, 0));
}

/** Tells whether a token is this symbol. */
export function isSymbol(token: SqlToken | undefined, text: string): boolean {
  return token?.kind === 'symbol' && token.text === text;
}

/** Joins the words from a place on; other tokens become a dot. */
export function wordsFrom(statement: readonly SqlToken[], index: number, count: number): string {
  return statement
    .slice(index, index + count)
    .map(({ kind, text }) => (kind === 'word' ? text : '·'))
    .join(' ');
}

/** Tells whether two words follow each other. */
export function has(statement: readonly SqlToken[], one: string, other: string): boolean {
  return statement.some(
    ({ kind, text }, index) =>
      kind === 'word' && text === one && statement[index + 1]?.kind === 'word' && statement[index + 1]?.text === other,
  );
}
