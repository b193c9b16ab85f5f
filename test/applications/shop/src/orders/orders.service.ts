import { TransactionHost, Transactional } from '@nestjs-cls/transactional';
import type { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import { Injectable, UnprocessableEntityException } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { DataSource } from 'typeorm';
import { NOW } from '../common/clock';
import { Tried } from '../experiments/tried';
import { ProductsService } from '../products/products.service';
import type { PlaceOrderDto } from './order.dto';
import { Order, OrderLine } from './order.entity';

const MOST_ITEMS = 50;

@Injectable()
export class OrdersService {
  constructor(
    private readonly transaction: TransactionHost<TransactionalAdapterTypeOrm>,
    private readonly source: DataSource,
    private readonly products: ProductsService,
    private readonly events: EventEmitter2,
  ) {}

  /** Places an order in a transaction of its own, which is rolled back if there are too many items. */
  @Tried('orders-service.place')
  @Transactional()
  async place(customer: number, { lines }: PlaceOrderDto): Promise<Order> {
    const products = await this.products.findMany(lines.map(({ productId }) => productId));
    const total = await this.total(lines.map(({ quantity }, index) => quantity * (products[index]?.price ?? 0)));
    const order = await this.transaction.tx.save(Order, {
      customer: { id: customer },
      lines: lines.map(({ productId, quantity }) => ({ product: { id: productId }, quantity })),
      total,
      placedAt: NOW,
    });
    await this.check(order.id);
    await this.events.emitAsync('order.placing', { id: order.id, total });
    return order;
  }

  /** Is called within its caller's transaction, and reads what that has written. */
  @Tried('orders-service.check', { reads: true })
  async check(id: number): Promise<number> {
    const items = await this.transaction.tx.sum(OrderLine, 'quantity', { order: { id } });
    if ((items ?? 0) > MOST_ITEMS) throw new UnprocessableEntityException(`at most ${MOST_ITEMS} items`);
    return items ?? 0;
  }

  @Tried('orders-service.total', { reads: true })
  async total(prices: readonly number[]): Promise<number> {
    return prices.reduce((sum, price) => sum + price, 0);
  }

  /** Changes two rows in a transaction that is made by hand, and undoes both if a price would be negative. */
  @Tried('orders-service.move-price')
  movePrice(from: number, to: number, amount: number): Promise<number[]> {
    return this.source.transaction(async (manager) => {
      await manager.decrement('Product', { id: from }, 'price', amount);
      await manager.increment('Product', { id: to }, 'price', amount);
      const rows = await manager.find<{ id: number; price: number }>('Product', {
        where: [{ id: from }, { id: to }],
        order: { id: 'ASC' },
      });
      if (rows.some(({ price }) => price < 0)) throw new UnprocessableEntityException('a negative price');
      return rows.map(({ price }) => price);
    });
  }
}
