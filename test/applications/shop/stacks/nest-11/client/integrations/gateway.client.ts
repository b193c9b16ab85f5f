import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';

export const GATEWAY_PACKAGES = ['@nestjs/platform-ws', 'ws'];

export interface GatewayClient {
  send(event: string, data: unknown): void;
  close(): void;
}

/** Connects to the application's gateway, and hears all that it sends. */
export async function connectGateway(port: number, hear: (event: string, data: unknown) => void): Promise<GatewayClient> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  socket.on('message', (message: RawData) => {
    const { event, data } = JSON.parse(String(message)) as { event: string; data: unknown };
    hear(event, data);
  });
  await once(socket, 'open');
  return { send: (event, data) => socket.send(JSON.stringify({ event, data })), close: () => socket.close() };
}
