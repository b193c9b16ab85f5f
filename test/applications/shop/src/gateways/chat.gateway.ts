import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  WsException,
  type OnGatewayConnection,
  type WsResponse,
} from '@nestjs/websockets';
import { from, map, type Observable } from 'rxjs';
import { AuditService } from '../common/audit.service';
import { Tried } from '../experiments/tried';
import { settings } from '../settings';
import { broadcast, type Client, type Server } from './platform';

@WebSocketGateway(settings.ports.ws)
export class ChatGateway implements OnGatewayConnection {
  @WebSocketServer()
  private readonly server: Server;

  constructor(private readonly audit: AuditService) {}

  @Tried('chat.connected')
  async handleConnection(_client: Client): Promise<void> {
    await this.audit.note('chat', 'connected');
  }

  @SubscribeMessage('shout')
  @Tried('chat.shout', { reads: true })
  shout(@MessageBody() { text }: { text: string }): WsResponse<string> {
    if (text === '') throw new WsException('nothing to shout');
    return { event: 'shouted', data: text.toUpperCase() };
  }

  @SubscribeMessage('count')
  @Tried('chat.count', { reads: true })
  count(@MessageBody() to: number): Observable<WsResponse<number>> {
    return from(Array.from({ length: to }, (_, index) => index)).pipe(map((data) => ({ event: 'counted', data })));
  }

  /** Tells everybody. */
  @SubscribeMessage('tell')
  @Tried('chat.tell')
  async tell(@MessageBody() text: string): Promise<void> {
    broadcast(this.server, 'told', { text });
  }

  /** Gets the client itself, which can't be copied. */
  @SubscribeMessage('whisper')
  @Tried('chat.whisper')
  whisper(@ConnectedSocket() client: Client, @MessageBody() text: string): WsResponse<string> {
    return { event: 'whispered', data: `${text} (${typeof client})` };
  }
}
