import { Injectable } from '@nestjs/common';
import { EventEmitter2, OnEvent } from '@nestjs/event-emitter';
import { AuditService } from '../common/audit.service';
import { Tried } from '../experiments/tried';

@Injectable()
export class OrderListeners {
  constructor(
    private readonly audit: AuditService,
    private readonly events: EventEmitter2,
  ) {}

  /** Hears of an order within its transaction. */
  @OnEvent('order.placing')
  @Tried('order-listeners.placing')
  placing(order: { id: number; total: number }): Promise<void> {
    return this.audit.note('order placing', order);
  }

  @OnEvent('order.placed')
  @Tried('order-listeners.placed')
  async placed(order: { id: number; total: number }): Promise<void> {
    await this.events.emitAsync('mail.sent', { subject: `order ${order.id}`, total: order.total });
  }

  @OnEvent('mail.*', { async: true })
  @Tried('order-listeners.mail')
  async mail(mail: { subject: string; total: number }): Promise<void> {
    await this.audit.note('event emitter', mail);
  }
}
