import { InjectQueue } from '@nestjs/bullmq';
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Queue } from 'bullmq';
import { Tried } from '../experiments/tried';
import { PICTURES, type Picture } from './picture';

export interface JobView {
  state: string;
  progress: unknown;
  result: unknown;
  attempts: number;
}

@ApiTags('queues')
@Controller({ path: 'pictures', version: '1' })
export class QueuesController {
  constructor(@InjectQueue(PICTURES) private readonly queue: Queue<Picture>) {}

  @Post()
  @Tried('queues.add')
  async add(@Body() picture: Picture): Promise<{ job: string | undefined }> {
    const { id } = await this.queue.add('resize', picture, { attempts: 2 });
    return { job: id };
  }

  @Get(':id')
  @Tried('queues.find', { reads: true })
  async find(@Param('id') id: string): Promise<JobView | null> {
    const job = await this.queue.getJob(id);
    if (job === undefined || job === null) return null;
    const { progress, returnvalue: result, attemptsMade: attempts } = job;
    return { state: await job.getState(), progress, result, attempts };
  }
}
