import { isSecretName, plainName } from './secret-names.js';
import { redactText, REDACTED } from './secret-texts.js';

export { REDACTED };

/** Longest path, in characters. */
export const REDACT_PATH_LIMIT = 500;

const ANY = '*';

/** Length from which a name can't match any path, even if lower case changes its length. */
const NAME_LIMIT = 2 * REDACT_PATH_LIMIT;

/** Keys whose decision is kept. There are few of them in an application, and each occurs many times. */
const KEPT = 10_000;

/** Decisions by names alone, by key. */
const secretKeys = new Map<string, boolean>();

/** Finds the properties of a class that are never shown, from the prototype of its instances. Must not throw. */
export type FindHidden = (prototype: object) => { has(key: string): boolean } | undefined;

/**
 * Redaction of values by their place. `password` is every property of that name, and `headers.authorization` is every `authorization`
 * directly in a `headers`. `*` is any one property or index, or the value as a whole, so that `*.password` is every `password`. Paths match
 * at any depth, and in any spelling: without case, spaces, `_` and `-`. A name with dots or brackets counts as several names.
 *
 * By default, secrets are redacted too: names such as `password`, `token` or `apiKey`, secrets in texts, and what classes declare as hidden.
 */
export class Redaction {
  /** Segments of paths before the last, nearest first, by the last segment. */
  private readonly byName = new Map<string, (readonly string[])[]>();

  private constructor(
    paths: readonly string[],
    /** Finds hidden properties, if secrets are redacted by default. */
    private readonly secrets: readonly FindHidden[] | undefined,
  ) {
    for (const path of paths) {
      const [last = ANY, ...before] = path.split('.').map(plainName).reverse();
      const known = this.byName.get(last);
      if (known === undefined) this.byName.set(last, [before]);
      else known.push(before);
    }
  }

  /**
   * Compiles paths; undefined if there is nothing to redact. An invalid path that was not refused earlier redacts everything, to be safe.
   *
   * @param items paths, and functions that find what classes hide
   * @param withSecrets whether secrets are redacted by default
   */
  static of(items: readonly unknown[], withSecrets = false): Redaction | undefined {
    const finders = items.filter((item): item is FindHidden => typeof item === 'function');
    const paths = items.filter((item) => typeof item !== 'function');
    if (paths.length === 0 && !withSecrets) return undefined;
    return new Redaction(
      paths.map((path) => (typeof path === 'string' && redactPathProblem(path) === undefined ? path : ANY)),
      withSecrets ? finders : undefined,
    );
  }

  /** Tells whether a property's name alone decides, since there are no paths. */
  get isByNameAlone(): boolean {
    return this.byName.size === 0;
  }

  /** Decides by its name alone whether a property is redacted. */
  hidesKey(key: string): boolean {
    const known = secretKeys.get(key);
    if (known !== undefined) return known;
    const isSecret = splitNames(key).some(isSecretName);
    if (secretKeys.size < KEPT && key.length < NAME_LIMIT) secretKeys.set(key, isSecret);
    return isSecret;
  }

  /** Decides whether a property of that name may be redacted, wherever it is. Where names alone decide, it is. */
  mayHide(key: string): boolean {
    if (this.isByNameAlone) return this.hidesKey(key);
    const names = splitNames(key);
    return (
      this.byName.has(ANY) || names.some((name) => this.byName.has(name)) || (this.secrets !== undefined && this.hidesKey(key))
    );
  }

  /** Tells whether items of lists may be redacted by their place. */
  get mayHideItems(): boolean {
    return [...this.byName.keys()].some((name) => name === ANY || /^\d+$/.test(name));
  }

  /**
   * Decides whether a property is redacted.
   *
   * @param trail names that lead to it, as `splitNames` returns them
   */
  hides(trail: readonly string[]): boolean {
    const last = trail[trail.length - 1];
    if (last === undefined) return false;
    if (this.secrets !== undefined && isSecretName(last)) return true;
    return this.matches(this.byName.get(last), trail) || this.matches(this.byName.get(ANY), trail);
  }

  /** Returns the properties that a class hides, as each source of such knowledge has them; undefined if there are none. */
  hiddenOf(prototype: object): readonly { has(key: string): boolean }[] | undefined {
    const found = this.secrets?.map((find) => find(prototype)).filter((one) => one !== undefined);
    return found === undefined || found.length === 0 ? undefined : found;
  }

  /** Returns a text without the secrets that can be recognised in it. */
  text(text: string): string {
    return this.secrets === undefined ? text : redactText(text);
  }

  private matches(paths: readonly (readonly string[])[] | undefined, trail: readonly string[]): boolean {
    return paths?.some((before) => isAbove(before, trail)) ?? false;
  }
}

/** Splits a property's name into the names that paths compare. */
export function splitNames(key: string): readonly string[] {
  if (key.length > NAME_LIMIT) return [''];
  if (!/[.[\]]/.test(key)) return [plainName(key)];
  const names = key.split(/[.[\]]+/).filter((name) => name !== '');
  return names.length === 0 ? [key] : names.map(plainName);
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
