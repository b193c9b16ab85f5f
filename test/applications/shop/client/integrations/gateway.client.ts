import { io } from 'socket.io-client';

export const GATEWAY_PACKAGES = ['@nestjs/platform-socket.io', 'socket.io-client'];

export interface GatewayClient {
  send(event: string, data: unknown): void;
  close(): void;
}

/** Connects to the application's gateway, and hears all that it sends. */
export async function connectGateway(port: number, hear: (event: string, data: unknown) => void): Promise<GatewayClient> {
  const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'] });
  socket.onAny(hear);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
  return { send: (event, data) => void socket.emit(event, data), close: () => void socket.close() };
}
