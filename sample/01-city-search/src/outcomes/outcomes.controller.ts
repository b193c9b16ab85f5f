import { Controller, Get } from '@nestjs/common';
import { Experiment } from 'nestjs-studies';

const HOUSE_NUMBERS = [10, 9, 1, 10];
const MATERIAL = '100% wool';

/** How a run can end: in a match, in a mismatch, or in a candidate that throws. The answer is the control's each time. */
@Controller()
export class OutcomesController {
  /** Once each: two ways to say the same. */
  @Get('matching')
  @Experiment({ name: 'matching', candidate: 'uniqueBySet', percentEnabled: 100 })
  unique(): number[] {
    return HOUSE_NUMBERS.filter((number, place) => HOUSE_NUMBERS.indexOf(number) === place);
  }

  uniqueBySet(): number[] {
    return [...new Set(HOUSE_NUMBERS)];
  }

  /** In order: the control has always sorted the numbers as text, so that 10 comes before 9. */
  @Get('mismatching')
  @Experiment({ name: 'mismatching', candidate: 'sortedByNumber', percentEnabled: 100 })
  sorted(): number[] {
    return HOUSE_NUMBERS.toSorted();
  }

  sortedByNumber(): number[] {
    return HOUSE_NUMBERS.toSorted((a, b) => a - b);
  }

  /** Readable: the candidate expects text that is encoded, and throws at a bare per cent sign. */
  @Get('throwing')
  @Experiment({ name: 'throwing', candidate: 'readableDecoded', percentEnabled: 100 })
  readable(): string {
    return MATERIAL;
  }

  readableDecoded(): string {
    return decodeURIComponent(MATERIAL);
  }
}
