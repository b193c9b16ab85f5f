import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import type { Job } from 'bullmq';
import { AuditService } from '../common/audit.service';
import { Tried } from '../experiments/tried';
import { PICTURES, type Picture } from './picture';

/** Processes a queue of BullMQ. Jobs are live, so candidates get what `candidateArgs` makes of them. */
@Processor(PICTURES)
export class PicturesProcessor extends WorkerHost {
  constructor(private readonly audit: AuditService) {
    super();
  }

  @Tried('pictures.process', { options: { candidateArgs: ({ data }: Job<Picture>) => [{ data }] } })
  async process(job: Job<Picture>): Promise<{ area: number }> {
    const { name, width } = job.data;
    if (width < 0 && job.attemptsMade === 0) throw new Error('a negative width');
    await job.updateProgress(50);
    await this.audit.note('picture', { name, attempt: job.attemptsMade });
    return this.resize(job.data);
  }

  @Tried('pictures.resize', { reads: true })
  async resize({ width }: Picture): Promise<{ area: number }> {
    return { area: width * width };
  }

  @OnWorkerEvent('completed')
  @Tried('pictures.completed')
  async completed({ data, returnvalue }: Job<Picture>): Promise<void> {
    await this.audit.note('picture completed', { ...data, returnvalue });
  }
}
