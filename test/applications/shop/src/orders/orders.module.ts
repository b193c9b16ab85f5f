import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ProductsModule } from '../products/products.module';
import { Order, OrderLine } from './order.entity';
import { OrderListeners } from './order.listeners';
import { OrderQueryHandler } from './order.query';
import { OrdersController } from './orders.controller';
import { OrdersService } from './orders.service';
import { OrderPlacedHandler, OrderSagas, PlaceOrderHandler, RewardHandler } from './place-order.handler';

@Module({
  imports: [CqrsModule.forRoot(), TypeOrmModule.forFeature([Order, OrderLine]), ProductsModule],
  controllers: [OrdersController],
  providers: [OrdersService, OrderListeners, PlaceOrderHandler, OrderPlacedHandler, OrderSagas, RewardHandler, OrderQueryHandler],
})
export class OrdersModule {}
