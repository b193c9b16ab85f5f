import {
  CommandHandler,
  EventBus,
  EventsHandler,
  Saga,
  type ICommandHandler,
  type IEventHandler,
  type ICommand,
} from '@nestjs/cqrs';
import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { filter, map, type Observable } from 'rxjs';
import { AuditService } from '../common/audit.service';
import { Tried } from '../experiments/tried';
import type { PlaceOrderDto } from './order.dto';
import type { Order } from './order.entity';
import { OrdersService } from './orders.service';

export class PlaceOrderCommand {
  constructor(
    readonly customer: number,
    readonly order: PlaceOrderDto,
  ) {}
}

export class OrderPlacedEvent {
  constructor(
    readonly order: number,
    readonly total: number,
  ) {}
}

export class RewardCommand {
  constructor(readonly order: number) {}
}

@CommandHandler(PlaceOrderCommand)
export class PlaceOrderHandler implements ICommandHandler<PlaceOrderCommand, Order> {
  constructor(
    private readonly orders: OrdersService,
    private readonly events: EventBus,
    private readonly emitter: EventEmitter2,
  ) {}

  @Tried('place-order-handler.execute')
  async execute({ customer, order }: PlaceOrderCommand): Promise<Order> {
    const placed = await this.orders.place(customer, order);
    await this.emitter.emitAsync('order.placed', { id: placed.id, total: placed.total });
    this.events.publish(new OrderPlacedEvent(placed.id, placed.total));
    return placed;
  }
}

@EventsHandler(OrderPlacedEvent)
export class OrderPlacedHandler implements IEventHandler<OrderPlacedEvent> {
  constructor(private readonly audit: AuditService) {}

  @Tried('order-placed-handler.handle')
  handle(event: OrderPlacedEvent): Promise<void> {
    return this.audit.note('cqrs event', event);
  }
}

@Injectable()
export class OrderSagas {
  /** Rewards orders of more than 100. */
  @Saga()
  @Tried('order-sagas.rewards')
  rewards(events: Observable<unknown>): Observable<ICommand> {
    return events.pipe(
      filter((event): event is OrderPlacedEvent => event instanceof OrderPlacedEvent && event.total > 100),
      map(({ order }) => new RewardCommand(order)),
    );
  }
}

@CommandHandler(RewardCommand)
export class RewardHandler implements ICommandHandler<RewardCommand> {
  constructor(private readonly audit: AuditService) {}

  @Tried('reward-handler.execute')
  execute({ order }: RewardCommand): Promise<void> {
    return this.audit.note('cqrs saga', { order });
  }
}
