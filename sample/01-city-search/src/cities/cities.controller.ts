import { Controller, Get, Query } from '@nestjs/common';
import { Experiment } from 'nestjs-studies';
import { labelOf, type City } from './city.js';
import { CityIndex, folded } from './city.index.js';
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
    clean: published,
  })
  search(@Query('q', SearchTextPipe) text: string): City[] {
    return this.scan.search(text);
  }

  /** The candidate. */
  searchIndexed(text: string): City[] {
    return this.index.search(text);
  }
}

/**
 * An answer as it is published: whole answers are compared, but a line for each city is enough to read. Those with accents stand for
 * themselves, so that the summary tells how much of the difference they are.
 */
function published(cities: readonly City[]): { accented: string[]; plain: string[] } {
  const isAccented = ({ name }: City) => folded(name) !== name.toLowerCase();
  return {
    accented: cities.filter(isAccented).map(labelOf),
    plain: cities.filter((city) => !isAccented(city)).map(labelOf),
  };
}
