import { VersioningType, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { Request } from 'express';
import { ClsMiddleware } from 'nestjs-cls';
import { I18nValidationPipe } from 'nestjs-i18n';
import { AppModule } from './app.module';
import { useWebSockets } from './gateways/platform';
import { acknowledged, brokers, grpc, tcp } from './messages/transports';
import { settings } from './settings';

async function start(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  // Not mounted by its module, which would leave out what is outside of the prefix, such as GraphQL.
  app.use(new ClsMiddleware({ generateId: true, idGenerator: ({ headers }: Request) => String(headers['x-request-id']) }).use);
  app.setGlobalPrefix('api');
  app.enableVersioning({ type: VersioningType.URI });
  app.useGlobalPipes(new I18nValidationPipe({ transform: true, whitelist: true }));
  useWebSockets(app);
  app.enableShutdownHooks();
  for (const options of [tcp, grpc, ...Object.values(brokers), ...acknowledged()]) app.connectMicroservice(options);
  document(app);
  await app.startAllMicroservices();
  await app.listen(settings.ports.http, '127.0.0.1');
  process.send?.('started');
}

function document(app: INestApplication): void {
  const config = new DocumentBuilder().setTitle('Shop').setVersion('1.0').addBearerAuth().build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, config), { jsonDocumentUrl: 'docs/json' });
}

void start();
