import { Injectable, type NestMiddleware } from '@nestjs/common';
import { Tally } from './tally.js';

/** Counts the requests, whether or not they run the experiment. */
@Injectable()
export class TallyMiddleware implements NestMiddleware {
  constructor(private readonly tally: Tally) {}

  use(_request: unknown, _response: unknown, next: () => void): void {
    this.tally.countRequest();
    next();
  }
}
