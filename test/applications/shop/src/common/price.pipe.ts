import { BadRequestException, Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { Tried } from '../experiments/tried';

/** Reads a price of at most two decimals. */
@Injectable()
export class PricePipe implements PipeTransform<string | undefined, number | undefined> {
  @Tried('price-pipe.transform', { reads: true })
  transform(value: string | undefined, { data = 'value' }: ArgumentMetadata): number | undefined {
    if (value === undefined) return undefined;
    if (!/^\d+(\.\d{1,2})?$/.test(value)) throw new BadRequestException(`${data} is no price`);
    return Number(value);
  }
}
