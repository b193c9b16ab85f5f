import { setInterval } from 'node:timers/promises';
import { folded } from '../cities/city.index.js';

/** How people type a name. */
const WAYS: readonly ((name: string) => string)[] = [
  (name) => name, // as maps print it
  (name) => folded(name), // on a keyboard without the accents
  (name) => name.slice(0, 4), // into a box that searches while they type
];

/** Prime, so that its multiples visit every name once before any of them twice. */
const STRIDE = 7919;

/** ms that a user waits for an answer, and so what ending can take. */
const PATIENCE = 1_000;

/** Stands in for the users: searches for real names over HTTP, one after the other, at a steady rate. */
export class Traffic {
  /**
   * @param url where the search is served
   * @param rate requests per second
   */
  constructor(
    private readonly url: string,
    private readonly names: readonly string[],
    private readonly rate: number,
  ) {}

  /** Sends requests until the signal fires. One that fails is not repeated; the next one comes anyway. */
  async run(signal: AbortSignal): Promise<void> {
    let sent = 0;
    try {
      for await (const _tick of setInterval(1_000 / this.rate, undefined, { signal })) {
        await this.search(this.text(sent++)).catch(() => undefined);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  private text(turn: number): string {
    const name = this.names[(turn * STRIDE) % this.names.length] ?? '';
    return WAYS[turn % WAYS.length]?.(name) ?? name;
  }

  private async search(text: string): Promise<void> {
    const url = `${this.url}?${new URLSearchParams({ q: text }).toString()}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) });
    await response.arrayBuffer(); // read to its end, so that the connection can be used again
  }
}
