/** What stands in place of a value that is not to be told. */
export const REDACTED = '[Redacted]';

/** The longest path, in characters. */
export const REDACT_PATH_LIMIT = 500;

const ANY = '*';

/** No name that is longer is that of a path, whatever lower case makes of it. */
const NAME_LIMIT = 2 * REDACT_PATH_LIMIT;

/**
 * Which values are never told, by where they are: `password` is every property of that name, `headers.authorization` every
 * `authorization` directly in a `headers`; `*` is any one property or index, and what is told as a whole is something too, so that
 * `*.password` is every `password`. A path is looked for at any depth, in any case of letters. A name with dots in it counts as
 * several.
 */
export class Redaction {
  /** The segments of paths before the last, nearest first, by the last. */
  private readonly byName = new Map<string, (readonly string[])[]>();

  private constructor(paths: readonly string[]) {
    for (const path of paths) {
      const [last = ANY, ...before] = path.toLowerCase().split('.').reverse();
      const known = this.byName.get(last);
      if (known === undefined) this.byName.set(last, [before]);
      else known.push(before);
    }
  }

  /** Compiles paths, if there are any. What is none, and was not refused before, hides everything: nothing is told by mistake. */
  static of(paths: readonly unknown[]): Redaction | undefined {
    if (paths.length === 0) return undefined;
    return new Redaction(paths.map((path) => (typeof path === 'string' && redactPathProblem(path) === undefined ? path : ANY)));
  }

  /**
   * Whether a property is not to be told.
   *
   * @param trail the names that lead to it, as `splitNames` gives them
   */
  hides(trail: readonly string[]): boolean {
    const last = trail[trail.length - 1];
    if (last === undefined) return false;
    return this.matches(this.byName.get(last), trail) || this.matches(this.byName.get(ANY), trail);
  }

  private matches(paths: readonly (readonly string[])[] | undefined, trail: readonly string[]): boolean {
    return paths?.some((before) => isAbove(before, trail)) ?? false;
  }
}

/** Where a path says that something is: the names in a property's name, as they are compared. */
export function splitNames(key: string): readonly string[] {
  if (key.length > NAME_LIMIT) return [''];
  const name = key.toLowerCase();
  return name.includes('.') ? name.split('.') : [name];
}

/** Why a text is no path, if it is none. */
export function redactPathProblem(path: string): string | undefined {
  if (path.length > REDACT_PATH_LIMIT) return `must have at most ${REDACT_PATH_LIMIT} characters`;
  const names = path.split('.');
  // What is meant otherwise would be taken, and hide nothing.
  const isName = (name: string) => name === ANY || (name !== '' && name === name.trim() && !/[[\]"'*]/.test(name));
  return names[0] !== '$' && names.every(isName)
    ? undefined
    : 'must be names with dots between them, such as "password", "headers.authorization" or "items.*.email"';
}

/** Whether the names above the last of a trail are those of a path; the trail's beginning, the value as a whole, is any name. */
function isAbove(before: readonly string[], trail: readonly string[]): boolean {
  // The last of the trail is at `length - 1`, and the value as a whole at -1.
  if (before.length > trail.length) return false;
  return before.every((segment, index) => segment === ANY || segment === trail[trail.length - 2 - index]);
}
