import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { ClsService } from 'nestjs-cls';
import { Repository } from 'typeorm';
import { AuditEntry } from './audit.entity';

/** Notes what happens beside answers: events, messages, jobs. */
@Injectable()
export class AuditService {
  constructor(
    @InjectRepository(AuditEntry) private readonly entries: Repository<AuditEntry>,
    private readonly cls: ClsService,
  ) {}

  async note(kind: string, detail: unknown): Promise<void> {
    const requestId = this.cls.isActive() ? this.cls.getId() : null;
    await this.entries.insert({ kind, detail: JSON.stringify(detail), requestId: requestId ?? null });
  }
}
