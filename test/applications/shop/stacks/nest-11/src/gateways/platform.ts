import type { INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { WebSocket, WebSocketServer } from 'ws';

export type Server = WebSocketServer;
export type Client = WebSocket;

/** Sends an event to all clients. */
export function broadcast(server: Server, event: string, data: unknown): void {
  for (const client of server.clients) client.send(JSON.stringify({ event, data }));
}

export function useWebSockets(app: INestApplication): void {
  app.useWebSocketAdapter(new WsAdapter(app));
}
