import { Injectable } from '@nestjs/common';
import { LoggerPublisher, type ExperimentResult } from 'nestjs-studies';
import { CITY_SEARCH } from '../cities/cities.controller.js';
import { Tally } from './tally.js';

/** Tallies the results of the search, which come by the dozen, and logs those of the other routes, which you call yourself. */
@Injectable()
export class TallyPublisher extends LoggerPublisher {
  constructor(private readonly tally: Tally) {
    super();
  }

  /** Matches are tallied too. */
  override wants(): boolean {
    return true;
  }

  override publish(result: ExperimentResult): void {
    if (result.experiment === CITY_SEARCH) this.tally.countResult(result);
    else super.publish(result);
  }
}
