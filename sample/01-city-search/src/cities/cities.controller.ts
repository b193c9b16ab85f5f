import { Controller, Get, Query } from '@nestjs/common';
import { Experiment } from 'nestjs-studies';
import type { City } from './city.js';
import { CityIndex } from './city.index.js';
import { CityScan } from './city.scan.js';
import { SearchTextPipe } from './search-text.pipe.js';

/** The name under which operators find the experiment. */
export const CITY_SEARCH = 'city-search';

@Controller('cities')
export class CitiesController {
  constructor(
    private readonly scan: CityScan,
    private readonly index: CityIndex,
  ) {}

  /** The control. It starts at 0 %: new code runs when an operator says so, not when it is deployed. */
  @Get()
  @Experiment({
    name: CITY_SEARCH,
    candidate: 'searchIndexed',
    context: (text: string) => ({ text }),
    clean: (cities: readonly City[]) => cities.map(label),
  })
  search(@Query('q', SearchTextPipe) text: string): City[] {
    return this.scan.search(text);
  }

  /** The candidate. */
  searchIndexed(text: string): City[] {
    return this.index.search(text);
  }
}

/** A city as it is published: whole answers are compared, but a line is enough to read. */
function label({ name, country, population }: City): string {
  return `${name} (${country}, ${population})`;
}
