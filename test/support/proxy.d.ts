/** A way to a server on which answers can be slow. */
export class Proxy {
  /** @param own port of its own, in place of a free one */
  static to(port: number, own?: number): Promise<Proxy>;
  readonly port: number;
  /** Holds answers back, in ms. */
  slowDown(delay: number): void;
  /** Lets answers through, also those that are held back. */
  speedUp(): void;
  /** Ends it, and its connections. */
  close(): void;
}
