/** Number of words that tell what a statement does. */
const WORDS = 3;

/** White space, comments and opening brackets. Each is matched on its own, so that no text takes long. */
const BEFORE_WORD = /\s+|--[^\n]*|\/\*[^]*?\*\/|\(/y;
const WORD = /[a-z_]+/iy;

/** Returns the first words of a statement in lower case, without comments, such as `start transaction`. */
export function firstWords(statement: string): string {
  const words: string[] = [];
  let at = 0;
  while (words.length < WORDS) {
    for (let end = endOf(BEFORE_WORD, statement, at); end > at; end = endOf(BEFORE_WORD, statement, at)) at = end;
    const end = endOf(WORD, statement, at);
    if (end === at) break;
    words.push(statement.slice(at, end).toLowerCase());
    at = end;
  }
  return words.join(' ');
}

/** Returns the first words of all statements in a text but the first. A semicolon within a string counts too. */
export function followingWords(statements: string): string[] {
  return statements
    .split(';')
    .slice(1)
    .map(firstWords)
    .filter((words) => words !== '');
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
