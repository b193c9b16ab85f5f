import type { INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server as SocketServer, Socket } from 'socket.io';

export type Server = SocketServer;
export type Client = Socket;

/** Sends an event to all clients. */
export function broadcast(server: Server, event: string, data: unknown): void {
  server.emit(event, data);
}

export function useWebSockets(app: INestApplication): void {
  app.useWebSocketAdapter(new IoAdapter(app));
}
