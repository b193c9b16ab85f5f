import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload, RmqContext, Transport } from '@nestjs/microservices';
import { AuditService } from '../common/audit.service';
import { Tried } from '../experiments/tried';
import { named } from '../settings';

/** Acknowledges messages of RabbitMQ by hand, after it has refused each once. */
@Controller()
export class AcknowledgedController {
  constructor(private readonly audit: AuditService) {}

  @EventPattern<string>(named('parcel'), Transport.RMQ)
  @Tried('acknowledged.parcel')
  async parcel(@Payload() parcel: { id: number }, @Ctx() context: RmqContext): Promise<void> {
    const message = context.getMessage() as { fields: { redelivered: boolean } };
    const channel = context.getChannelRef() as { ack(message: unknown): void; nack(message: unknown): void };
    await this.audit.note('parcel', { ...parcel, again: message.fields.redelivered });
    if (message.fields.redelivered) channel.ack(message);
    else channel.nack(message);
  }
}
