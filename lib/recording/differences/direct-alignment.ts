import { isObject } from '../../values/kind-of.js';
import type { Redaction } from '../../values/redaction/redaction.js';
import { areDirectlyEqual, isDirectComposite, isDirectRecord, showScalar } from './direct-content.js';
import { DirectNumbers } from './direct-numbers.js';
import type { DirectNames } from './direct-names.js';
import { ALIGNED, KEYS } from './differences.js';
import { exactlyAligned, pairsBetween } from './exact-alignment.js';
import { NotDirect } from './not-direct.js';
import type { Alignment } from './quick-alignment.js';

type List = readonly unknown[];

const [ID] = KEYS;

const MOVED: Alignment = { pairs: [], missing: [], extra: [], moved: true };

/** Lists that are equal, whose items belong together in their order, or how they do otherwise. */
type DirectlyAligned = 'equal' | 'inPlace' | Alignment;

/** Alignment of lists of direct data, as their JSON forms are aligned. */
export class DirectAlignment {
  private left = ALIGNED;

  constructor(
    private readonly redaction: Redaction | undefined,
    private readonly names: DirectNames,
  ) {}

  /** Aligns two lists. */
  align(control: List, candidate: List): DirectlyAligned {
    if (this.areKeptInPlace(control, candidate)) return 'inPlace';
    const [here, there] = [this.identityKeys(control), this.identityKeys(candidate)];
    // Items may be shown alike.
    if (this.redaction?.mayHideItems) throw new NotDirect();
    if (areUnique(here) && areUnique(there)) return this.alignKeys(control, candidate, here, there);
    const isSameLength = control.length === candidate.length;
    const different = isSameLength ? findDifferent(control, candidate) : [];
    if (isSameLength && different.length === 0) return 'equal';
    const numbers = new Numbers(control, candidate, () => new DirectNumbers(this.redaction, this.names));
    if (isSameLength) {
      if (different.length > 1 && numbers.areSame(different)) return MOVED;
      const isAnyComposite = control.some(isDirectComposite) || candidate.some(isDirectComposite);
      if (isAnyComposite && [...here, ...there].every((key) => key === null)) return 'inPlace';
    }
    return this.alignLabels(
      here.map((key, index) => key ?? `#${numbers.here(index)}`),
      there.map((key, index) => key ?? `#${numbers.there(index)}`),
      (from, to, asMany) =>
        here[from] === null &&
        there[to] === null &&
        (asMany || (isDirectComposite(control[from]) && isDirectComposite(candidate[to]))),
    );
  }

  /** Decides quickly whether the items of both lists have ids of their own, the same ones in the same order. */
  private areKeptInPlace(control: List, candidate: List): boolean {
    const { length } = control;
    if (length !== candidate.length || this.redaction?.mayHide(ID)) return false;
    let type: string | undefined;
    let last: unknown;
    let isSorted = true;
    for (let index = 0; index < length; index += 1) {
      const [here, there] = [control[index], candidate[index]];
      if (!isObject(here) || !isObject(there) || !Object.hasOwn(here, ID) || !Object.hasOwn(there, ID)) return false;
      const id: unknown = Reflect.get(here, ID);
      type ??= typeof id;
      if (typeof id !== type || !Object.is(id, Reflect.get(there, ID))) return false;
      if (typeof id === 'string' ? !this.isShownAsIs(id) : !Number.isFinite(id)) return false;
      isSorted &&= index === 0 || (last as number) < (id as number); // both are texts, or both are numbers
      last = id;
    }
    return isSorted || new Set(control.map((item) => Reflect.get(item as object, ID) as unknown)).size === length; // all are objects
  }

  private isShownAsIs(text: string): boolean {
    return text.isWellFormed() && (this.redaction === undefined || this.redaction.text(text) === text);
  }

  /** Aligns lists whose items all have keys of their own. */
  private alignKeys(control: List, candidate: List, here: readonly string[], there: readonly string[]): DirectlyAligned {
    if (here.length === there.length) {
      if (here.every((key, index) => key === there[index])) return 'inPlace';
      const places = new Map(there.map((key, index) => [key, index]));
      const isMoved = here.every((key, index) => {
        const place = places.get(key);
        return place !== undefined && areDirectlyEqual(control[index], candidate[place]);
      });
      if (isMoved) return MOVED;
    }
    return this.alignLabels(here, there, () => false);
  }

  private alignLabels(
    here: readonly string[],
    there: readonly string[],
    areReplaced: (control: number, candidate: number, asMany: boolean) => boolean,
  ): Alignment {
    this.left -= pairsBetween(here, there);
    if (this.left < 0) throw new NotDirect();
    return exactlyAligned([...here], [...there], areReplaced);
  }

  private identityKeys(list: List): (string | null)[] {
    return list.map((item) => this.identityKey(item));
  }

  /** Returns a label that identifies an item regardless of its other properties, or null, as the JSON form of the item has it. */
  private identityKey(item: unknown): string | null {
    if (!isDirectRecord(item)) return null;
    for (const key of KEYS) {
      if (!Object.hasOwn(item, key)) continue;
      const value = item[key];
      if (isDirectComposite(value)) continue;
      const shown = showScalar(value);
      if (typeof shown !== 'string' && typeof shown !== 'number') continue;
      if (this.redaction?.mayHide(key)) throw new NotDirect();
      if (typeof shown === 'string' && !this.isShownAsIs(shown)) throw new NotDirect();
      return `${key}:${shown}`;
    }
    return null;
  }
}

function findDifferent(control: List, candidate: List): number[] {
  const different: number[] = [];
  for (const [index, item] of control.entries()) if (!areDirectlyEqual(item, candidate[index])) different.push(index);
  return different;
}

function areUnique(keys: readonly (string | null)[]): keys is readonly string[] {
  return !keys.includes(null) && new Set(keys).size === keys.length;
}

/** Numbers of the items of two lists. Equal items have the same one. They are found when they are first asked for. */
class Numbers {
  private known: readonly [here: readonly number[], there: readonly number[]] | undefined;

  constructor(
    private readonly control: List,
    private readonly candidate: List,
    private readonly makeNumbers: () => DirectNumbers,
  ) {}

  here(index: number): number | undefined {
    return this.all[0][index];
  }

  there(index: number): number | undefined {
    return this.all[1][index];
  }

  /** Decides whether both lists have the same items at these indices, in any order. */
  areSame(indices: readonly number[]): boolean {
    const sorted = (numbers: readonly number[]) => indices.map((index) => numbers[index] ?? -1).sort((a, b) => a - b);
    const [here, there] = this.all;
    const across = sorted(there);
    return sorted(here).every((number, nth) => number === across[nth]);
  }

  private get all(): readonly [readonly number[], readonly number[]] {
    if (this.known === undefined) {
      const numbers = this.makeNumbers();
      const [here, there] = [this.control, this.candidate].map((list) => list.map((item) => numbers.of(item)));
      this.known = [here ?? [], there ?? []];
    }
    return this.known;
  }
}
