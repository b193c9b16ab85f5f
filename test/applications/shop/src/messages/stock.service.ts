import { Injectable } from '@nestjs/common';
import { Tried } from '../experiments/tried';

export interface StockRequest {
  readonly product: number;
  readonly quantity: number;
}

export interface StockReply {
  readonly product: number;
  readonly left: number;
  readonly note: string;
}

@Injectable()
export class StockService {
  @Tried('stock-service.check', { reads: true })
  check({ product, quantity }: StockRequest): StockReply {
    const left = 100 - quantity;
    if (left < 0) throw new RangeError(`only 100 of ${product}`);
    return { product, left, note: left < 10 ? 'nearly sold' : '' };
  }
}
