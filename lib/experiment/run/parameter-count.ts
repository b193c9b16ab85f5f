const OPENING = '([{';
const CLOSING = ')]}';

/** Beginning of a function up to its list of parameters. A name that is computed may hold anything, so there is none. */
const HEAD = /^(?:async\b\s*)?(?:function\b\s*)?\*?\s*#?[\w$]*\s*\(/;

/** An arrow function of one parameter, without parentheses. */
const BARE_ARROW = /^(?:async\s+)?[\w$]+\s*=>/;

/**
 * Counts the parameters that a function declares, from its source. Frameworks pass further arguments to methods that don't use them,
 * such as a GraphQL resolver's context.
 *
 * @returns the number; undefined where the function may read further arguments, or where the source doesn't tell plainly
 */
export function countParameters(fn: (...args: never) => unknown): number | undefined {
  const source = Function.prototype.toString.call(fn);
  if (/\barguments\b|\beval\b|\[native code\]/.test(source)) return undefined;
  if (BARE_ARROW.test(source)) return 1;
  const head = HEAD.exec(source);
  return head === null ? undefined : countTopLevel(source, head[0].length);
}

/** Counts the parts of a list that begins at an index, between its commas, and not those in its parts. */
function countTopLevel(source: string, start: number): number | undefined {
  let depth = 0;
  let commas = 0;
  let isPart = false; // since the last comma, as there may be one at the end
  for (let index = start; index < source.length; index++) {
    const character = source.charAt(index);
    if (depth === 0 && character === ')') return commas + Number(isPart);
    if (`'"\`/`.includes(character)) return undefined; // strings, patterns and comments hold anything
    if (depth === 0 && source.startsWith('...', index)) return undefined;
    if (OPENING.includes(character)) depth += 1;
    else if (CLOSING.includes(character)) depth -= 1;
    else if (depth === 0 && character === ',') commas += 1;
    if (character.trim() !== '') isPart = depth > 0 || character !== ',';
  }
  return undefined;
}
