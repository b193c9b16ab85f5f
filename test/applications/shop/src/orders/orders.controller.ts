import { Body, Controller, Param, ParseIntPipe, Post, UseGuards } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CurrentUser } from '../auth/current-user.decorator';
import { JwtAuthGuard } from '../auth/jwt-auth.guard';
import type { Principal } from '../auth/jwt.strategy';
import { Tried } from '../experiments/tried';
import { PlaceOrderCommand } from './place-order.handler';
import { PlaceOrderDto } from './order.dto';
import { Order } from './order.entity';
import { OrdersService } from './orders.service';
import { OrderQuery, type OrderView } from './order.query';

@ApiTags('orders')
@ApiBearerAuth()
@UseGuards(JwtAuthGuard)
@Controller({ path: 'orders', version: '1' })
export class OrdersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly orders: OrdersService,
  ) {}

  @Post()
  @Tried('orders.place')
  place(@CurrentUser() { id }: Principal, @Body() order: PlaceOrderDto): Promise<Order> {
    return this.commands.execute(new PlaceOrderCommand(id, order));
  }

  @Post(':id/view')
  @Tried('orders.view', { reads: true })
  view(@Param('id', ParseIntPipe) id: number): Promise<OrderView> {
    return this.queries.execute(new OrderQuery(id));
  }

  /** Moves a part of the price from one product to another. */
  @Post('move/:from/:to/:amount')
  @Tried('orders.move')
  move(
    @Param('from', ParseIntPipe) from: number,
    @Param('to', ParseIntPipe) to: number,
    @Param('amount', ParseIntPipe) amount: number,
  ): Promise<number[]> {
    return this.orders.movePrice(from, to, amount);
  }
}
