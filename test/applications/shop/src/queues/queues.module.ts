import { BullModule } from '@nestjs/bullmq';
import { Module, type DynamicModule } from '@nestjs/common';
import { settings } from '../settings';
import { PICTURES } from './picture';
import { PicturesProcessor } from './pictures.processor';
import { QueuesController } from './queues.controller';

@Module({})
export class QueuesModule {}

/** Gives the application its queues, if Redis runs. */
export function importQueues(): DynamicModule[] {
  if (settings.redis === undefined) return [];
  const { hostname: host, port } = new URL(settings.redis);
  return [
    {
      module: QueuesModule,
      imports: [
        BullModule.forRoot({ connection: { host, port: Number(port), maxRetriesPerRequest: null } }),
        BullModule.registerQueue({ name: PICTURES }),
      ],
      controllers: [QueuesController],
      providers: [PicturesProcessor],
    },
  ];
}
