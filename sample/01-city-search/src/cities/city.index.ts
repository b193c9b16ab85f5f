import { Inject, Injectable } from '@nestjs/common';
import { CITIES, LIMIT, type City } from './city.js';

/**
 * The search rewritten for speed: all names are folded and sorted once, so that those with a common start are neighbours, found
 * by bisection; how the cities rank by population is known beforehand.
 */
@Injectable()
export class CityIndex {
  /** The folded names, sorted. */
  private readonly names: readonly string[];
  /** The rank of the city at the same place in `names`; 0 is the biggest. */
  private readonly ranks: Uint32Array;
  private readonly byRank: readonly City[];

  constructor(@Inject(CITIES) cities: readonly City[]) {
    const entries = cities.map((city) => ({ city, name: folded(city.name), rank: 0 })).sort(byName);
    const ranked = [...entries].sort((a, b) => b.city.population - a.city.population);
    ranked.forEach((entry, rank) => (entry.rank = rank));
    this.names = entries.map(({ name }) => name);
    this.ranks = Uint32Array.from(entries, ({ rank }) => rank);
    this.byRank = ranked.map(({ city }) => city);
  }

  /** The biggest cities whose names start with the text, in upper or lower case, with or without accents. */
  search(text: string): City[] {
    const wanted = folded(text);
    const from = this.first((name) => name >= wanted);
    const to = this.first((name) => name >= wanted && !name.startsWith(wanted));
    return smallest(LIMIT, this.ranks.subarray(from, to)).flatMap((rank) => this.byRank[rank] ?? []);
  }

  /** The first place whose name passes, given that all names after it pass too. */
  private first(passes: (name: string) => boolean): number {
    let from = 0;
    let to = this.names.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (passes(this.names[middle] ?? '')) to = middle;
      else from = middle + 1;
    }
    return from;
  }
}

/** A name without case and accents. Letters that are not made of a letter and a mark, such as ø, ł and ß, stay. */
export function folded(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** By code units, which bisection compares by too. */
function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}

/** The smallest numbers, sorted. Reads each once: there can be thousands, and few of them are kept. */
function smallest(count: number, numbers: Iterable<number>): number[] {
  const kept: number[] = [];
  for (const number of numbers) {
    if (kept.length === count && number > (kept.at(-1) ?? 0)) continue;
    kept.push(number);
    kept.sort((a, b) => a - b);
    kept.length = Math.min(kept.length, count);
  }
  return kept;
}
