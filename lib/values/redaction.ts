/** Text in place of a redacted value. */
export const REDACTED = '[Redacted]';

/** Longest path, in characters. */
export const REDACT_PATH_LIMIT = 500;

const ANY = '*';

/** Length from which a name can't match any path, even if lower case changes its length. */
const NAME_LIMIT = 2 * REDACT_PATH_LIMIT;

/**
 * Redaction of values by their place. `password` is every property of that name, and `headers.authorization` is every `authorization`
 * directly in a `headers`. `*` is any one property or index, or the value as a whole, so that `*.password` is every `password`. Paths match
 * at any depth, in any case of letters. A name with dots counts as several names.
 */
export class Redaction {
  /** Segments of paths before the last, nearest first, by the last segment. */
  private readonly byName = new Map<string, (readonly string[])[]>();

  private constructor(paths: readonly string[]) {
    for (const path of paths) {
      const [last = ANY, ...before] = path.toLowerCase().split('.').reverse();
      const known = this.byName.get(last);
      if (known === undefined) this.byName.set(last, [before]);
      else known.push(before);
    }
  }

  /** Compiles paths; undefined if there are none. An invalid path that was not refused earlier redacts everything, to be safe. */
  static of(paths: readonly unknown[]): Redaction | undefined {
    if (paths.length === 0) return undefined;
    return new Redaction(paths.map((path) => (typeof path === 'string' && redactPathProblem(path) === undefined ? path : ANY)));
  }

  /**
   * Decides whether a property is redacted.
   *
   * @param trail names that lead to it, as `splitNames` returns them
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

/** Splits a property's name into the names that paths compare, in lower case. */
export function splitNames(key: string): readonly string[] {
  if (key.length > NAME_LIMIT) return [''];
  const name = key.toLowerCase();
  return name.includes('.') ? name.split('.') : [name];
}

/** Returns the problem with a text as a path; undefined if there is none. */
export function redactPathProblem(path: string): string | undefined {
  if (path.length > REDACT_PATH_LIMIT) return `must have at most ${REDACT_PATH_LIMIT} characters`;
  const names = path.split('.');
  // A path of another syntax would be accepted, and redact nothing.
  const isName = (name: string) => name === ANY || (name !== '' && name === name.trim() && !/[[\]"'*]/.test(name));
  return names[0] !== '$' && names.every(isName)
    ? undefined
    : 'must be names with dots between them, such as "password", "headers.authorization" or "items.*.email"';
}

/**
 * Compares the names above the last of a trail with those of a path. The beginning of the trail, the value as a whole, matches only `*`.
 */
function isAbove(before: readonly string[], trail: readonly string[]): boolean {
  // The last name is at `length - 1`, and the value as a whole at -1.
  if (before.length > trail.length) return false;
  return before.every((segment, index) => segment === ANY || segment === trail[trail.length - 2 - index]);
}
