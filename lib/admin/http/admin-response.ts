/** Common part of the responses of Express and Fastify. */
export interface AdminResponse {
  header(name: string, value: string): unknown;
  status(code: number): unknown;
  getHeader(name: string): string | number | string[] | undefined;
  send(body?: string | Buffer): unknown;
}

/** Adds a request header to `Vary`, beside those that are listed already. */
export function vary(response: AdminResponse, header: string): void {
  const known = response.getHeader('Vary');
  response.header('Vary', known === undefined ? header : [known, header].flat().join(', '));
}

/** Responses that were sent. Fastify says so itself only when its hooks have ended. */
const sent = new WeakSet<AdminResponse>();

/** Tells whether the administration has sent the response. */
export function isSent(response: AdminResponse): boolean {
  return sent.has(response);
}

/** Sends texts and bytes as they are, and anything else as JSON, which no serialiser of the application looks at. */
export function sendBody(response: AdminResponse, body: unknown): void {
  sent.add(response);
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) {
    response.send(body);
    return;
  }
  response.header('Content-Type', 'application/json; charset=utf-8');
  response.send(JSON.stringify(body));
}

/** Keeps a response private: no cache stores it, and no browser guesses another content type. */
export function keepPrivate(response: AdminResponse): void {
  response.header('Cache-Control', 'no-store');
  response.header('X-Content-Type-Options', 'nosniff');
}
