import { Inject, Injectable } from '@nestjs/common';
import { CITIES, LIMIT, type City } from './city.js';

/** The search as someone once wrote it, and as it has served ever since: looks at every city, every time. */
@Injectable()
export class CityScan {
  constructor(@Inject(CITIES) private readonly cities: readonly City[]) {}

  /** The biggest cities whose names start with the text, in upper or lower case. */
  search(text: string): City[] {
    const wanted = text.toLowerCase();
    return this.cities
      .filter((city) => city.name.toLowerCase().startsWith(wanted))
      .sort((a, b) => b.population - a.population)
      .slice(0, LIMIT);
  }
}
