import { Injectable } from '@nestjs/common';
import { Cron, Interval, SchedulerRegistry, Timeout } from '@nestjs/schedule';
import { AuditService } from '../common/audit.service';
import { Tried } from '../experiments/tried';

const TICKS = 3;

@Injectable()
export class TasksService {
  private ticks = 0;

  constructor(
    private readonly audit: AuditService,
    private readonly registry: SchedulerRegistry,
  ) {}

  /** Runs at the end of the year, or when it is asked to. */
  @Cron('0 0 0 31 12 *', { name: 'closing' })
  @Tried('tasks.closing')
  async closing(): Promise<void> {
    await this.audit.note('cron', 'closing');
  }

  /** Ends itself after some ticks. */
  @Interval('ticks', 20)
  @Tried('tasks.tick')
  async tick(): Promise<void> {
    this.ticks += 1;
    if (this.ticks === TICKS) this.registry.deleteInterval('ticks');
    await this.audit.note('interval', this.ticks);
  }

  @Timeout(50)
  @Tried('tasks.once')
  async once(): Promise<void> {
    await this.audit.note('timeout', 'once');
  }

  async runClosing(): Promise<void> {
    await this.registry.getCronJob('closing').fireOnTick();
  }
}
