import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { InjectRepository } from '@nestjs/typeorm';
import { NotFoundException } from '@nestjs/common';
import { Repository } from 'typeorm';
import { Tried } from '../experiments/tried';
import { Order } from './order.entity';

export interface OrderView {
  customer: string | undefined;
  total: number;
  items: { name: string | undefined; quantity: number }[];
}

export class OrderQuery extends Query<OrderView> {
  constructor(readonly id: number) {
    super();
  }
}

@QueryHandler(OrderQuery)
export class OrderQueryHandler implements IQueryHandler<OrderQuery> {
  constructor(@InjectRepository(Order) private readonly orders: Repository<Order>) {}

  @Tried('order-query-handler.execute', { reads: true })
  async execute({ id }: OrderQuery): Promise<OrderView> {
    const order = await this.orders.findOne({
      where: { id },
      relations: { customer: true, lines: { product: true } },
      order: { lines: { id: 'ASC' } },
    });
    if (order === null) throw new NotFoundException(`order ${id} is unknown`);
    const items = order.lines.map(({ product, quantity }) => ({ name: product?.name, quantity }));
    return { customer: order.customer?.email, total: order.total, items };
  }
}
