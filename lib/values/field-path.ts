/** Single step on the way to a field. */
export type Step =
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'anyProperty' }
  | { readonly kind: 'item'; readonly index: number }
  | { readonly kind: 'anyItem' };

/** Result of reading a path: its steps, or the problem with the text. */
export type FieldPath =
  { readonly kind: 'path'; readonly steps: readonly Step[] } | { readonly kind: 'none'; readonly problem: string };

/** Longest path, in characters. */
const LENGTH = 500;

/** End of a path that a summary has cut. */
export const CUT = '…';

/** Pattern of the first step of a text: any property, a property by name, items, or a property by name in quotes. */
const STEP = /^(?:\.(\*)|\.([^.[\]'"*\s\\]+)|\[(\*|\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\])/su;

/**
 * Reads the path of a field. It starts at the value as a whole, `$`, and has the form of summaries: `.name` or `['any name']`, with escapes
 * as in JSON, is a property, `[3]` is an item of a list, `[*]` are all its items, and `.*` are all properties or items.
 */
export function fieldPath(text: string): FieldPath {
  if (text.length > LENGTH) return refusePath(`must have at most ${LENGTH} characters`);
  if (!text.isWellFormed() || text.includes('\0')) return refusePath('must not have NUL or half characters');
  if (text.endsWith(CUT)) return refusePath('must be whole: this one was cut by a summary. Name a field above it');
  if (!text.startsWith('$')) return refusePath('must be the path of a field, such as "$.items[*].price"');
  const steps: Step[] = [];
  for (let rest = text.slice(1); rest !== '';) {
    const match = STEP.exec(rest);
    const step = match && readStep(match);
    if (!step)
      return refusePath(`must be the path of a field, such as "$.items[*].price": the mistake begins at "${rest.slice(0, 20)}"`);
    steps.push(step);
    rest = rest.slice(match[0].length);
  }
  return steps.length === 0 ? refusePath('must name a field, and not all of the value') : { kind: 'path', steps };
}

/** Writes the step to a property in the form that `fieldPath` reads, such as `.name` or `['any name']`. */
export function stepText(key: string): string {
  if (isSimpleName(key) || /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)) return `.${key}`;
  return `['${JSON.stringify(key).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}']`;
}

/** Decides whether a key is an identifier of letters without accents, digits and `_` alone. Most are, and patterns take longer. */
export function isSimpleName(key: string): boolean {
  for (let at = 0; at < key.length; at += 1) {
    const code = key.charCodeAt(at);
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
    if (!isLetter && !(at > 0 && code >= 48 && code <= 57)) return false;
  }
  return key !== '';
}

/** Returns the problem with a text as a path; undefined if there is none. */
export function fieldPathProblem(text: string): string | undefined {
  const path = fieldPath(text);
  return path.kind === 'none' ? path.problem : undefined;
}

function refusePath(problem: string): FieldPath {
  return { kind: 'none', problem };
}

function readStep([, any, name, item, quoted, doublyQuoted]: readonly (string | undefined)[]): Step | undefined {
  if (any !== undefined) return { kind: 'anyProperty' };
  if (item !== undefined) return item === '*' ? { kind: 'anyItem' } : { kind: 'item', index: Number(item) };
  const property = name ?? unquote(quoted ?? doublyQuoted ?? '');
  return property === undefined ? undefined : { kind: 'property', name: property };
}

/** Reads a name in quotes. Either kind of quote may be escaped or not; everything else is as in JSON. */
function unquote(text: string): string | undefined {
  const json = text.replace(/\\(.)|"/gsu, (written, escaped?: string) =>
    escaped === "'" ? "'" : written === '"' ? '\\"' : written,
  );
  try {
    return JSON.parse(`"${json}"`) as string; // it is a text in quotes
  } catch {
    return undefined;
  }
}
