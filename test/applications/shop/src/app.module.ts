import { ClsPluginTransactional } from '@nestjs-cls/transactional';
import { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import { Module, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { ConfigModule } from '@nestjs/config';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { ClsModule } from 'nestjs-cls';
import { AcceptLanguageResolver, I18nModule, QueryResolver } from 'nestjs-i18n';
import { join } from 'node:path';
import { AuthModule } from './auth/auth.module';
import { CatalogModule } from './catalog/catalog.module';
import { CommonModule } from './common/common.module';
import { HandledByInterceptor } from './common/handled-by.interceptor';
import { ProblemFilter } from './common/problem.filter';
import { RequestIdMiddleware } from './common/request-id.middleware';
import { importExperiments } from './experiments/experiments.module';
import { FilesController } from './files/files.controller';
import { GatewaysModule } from './gateways/gateways.module';
import { LiveController } from './live/live.controller';
import { MessagesModule } from './messages/messages.module';
import { OrdersModule } from './orders/orders.module';
import { ProductsModule } from './products/products.module';
import { importQueues } from './queues/queues.module';
import { settings } from './settings';
import { TasksModule } from './tasks/tasks.module';
import { UsersModule } from './users/users.module';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true }),
    TypeOrmModule.forRoot({ ...settings.database, autoLoadEntities: true, synchronize: true }),
    ClsModule.forRoot({
      global: true,
      plugins: [
        new ClsPluginTransactional({
          imports: [TypeOrmModule],
          adapter: new TransactionalAdapterTypeOrm({ dataSourceToken: getDataSourceToken() }),
        }),
      ],
    }),
    I18nModule.forRoot({
      fallbackLanguage: 'en',
      loaderOptions: { path: join(__dirname, 'i18n') },
      resolvers: [{ use: QueryResolver, options: ['lang'] }, AcceptLanguageResolver],
      logging: false,
    }),
    EventEmitterModule.forRoot({ wildcard: true }),
    CommonModule,
    UsersModule,
    AuthModule,
    ProductsModule,
    OrdersModule,
    CatalogModule,
    GatewaysModule,
    MessagesModule,
    TasksModule,
    ...importQueues(),
    ...importExperiments(),
  ],
  controllers: [FilesController, LiveController],
  providers: [
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_INTERCEPTOR, useClass: HandledByInterceptor },
  ],
})
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(RequestIdMiddleware).forRoutes('{*path}');
  }
}
