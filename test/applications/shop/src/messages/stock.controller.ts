import { Controller, UseFilters } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload, type BaseRpcContext } from '@nestjs/microservices';
import { concatMap, delay, of, range, map, type Observable } from 'rxjs';
import { AuditService } from '../common/audit.service';
import { Tried } from '../experiments/tried';
import { named } from '../settings';
import { RangeFilter } from './range.filter';
import { StockService, type StockReply, type StockRequest } from './stock.service';

/** Answers over TCP, Redis, NATS, RabbitMQ and MQTT, all with the same methods. */
@Controller()
@UseFilters(RangeFilter)
export class StockController {
  constructor(
    private readonly stock: StockService,
    private readonly audit: AuditService,
  ) {}

  @MessagePattern(named('stock.check'))
  @Tried('stock.check', { reads: true })
  check(@Payload() request: StockRequest): StockReply {
    return this.stock.check(request);
  }

  /** Answers with several messages. */
  @MessagePattern(named('stock.watch'))
  @Tried('stock.watch', { reads: true })
  watch(@Payload() { product, quantity }: StockRequest): Observable<StockReply> {
    const replies = range(0, quantity).pipe(concatMap((one) => of(one).pipe(delay(2))));
    return replies.pipe(map((sold) => ({ product, left: quantity - sold, note: '' })));
  }

  /** Says how it was asked. */
  @MessagePattern(named('stock.how'))
  @Tried('stock.how')
  how(@Payload() request: StockRequest, @Ctx() context: BaseRpcContext): { request: StockRequest; context: string } {
    return { request, context: context.constructor.name };
  }

  @EventPattern<string>(named('stock.counted'))
  @Tried('stock.counted')
  async counted(@Payload() counted: StockRequest & { via: string }): Promise<void> {
    await this.audit.note('stock counted', counted);
  }
}
