/** Common part of the responses of Express and Fastify. */
export interface HeaderResponse {
  header(name: string, value: string): unknown;
  status(code: number): unknown;
  getHeader(name: string): string | number | string[] | undefined;
}

/** Adds a request header to `Vary`, beside those that are listed already. */
export function vary(response: HeaderResponse, header: string): void {
  const known = response.getHeader('Vary');
  response.header('Vary', known === undefined ? header : [known, header].flat().join(', '));
}
