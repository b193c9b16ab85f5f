/** What the responses of Express and Fastify have in common. */
export interface HeaderResponse {
  header(name: string, value: string): unknown;
  status(code: number): unknown;
  getHeader(name: string): string | number | string[] | undefined;
}

/** Says that the answer is another for another value of a request's header, beside those that it depends on already. */
export function vary(response: HeaderResponse, header: string): void {
  const known = response.getHeader('Vary');
  response.header('Vary', known === undefined ? header : [known, header].flat().join(', '));
}
