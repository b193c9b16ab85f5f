import { Module } from '@nestjs/common';
import { Tally } from './tally.js';

/** What the publisher and the application have in common: the tally. */
@Module({ providers: [Tally], exports: [Tally] })
export class LiveModule {}
