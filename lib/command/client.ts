import type { ExperimentReceipt } from '../reports/receipt/receipt.js';
import { readReceipt } from '../reports/receipt/receipt.schemas.js';
import type { SummaryLike } from '../reports/text/summary.text.js';
import { isEpoch, isItem, isResult, isSummary, type EpochLike, type Item, type ResultLike } from './api-answers.js';
import type { RequestHeaders } from './request-headers.js';
import { misunderstood, refused, unreachable } from './failure.js';

/** Longest wait for an answer, in ms. */
const PATIENCE = 30_000;
/** Number of items per request. */
const PAGE = 100;

/** Client of an application's REST API. All its errors are a `Failure`. */
export class Client {
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    private readonly base: URL,
    headers: RequestHeaders,
  ) {
    this.headers = { accept: 'application/json', ...headers };
  }

  experiments(limit: number): Promise<Item[]> {
    return this.items('experiments', {}, limit, isItem);
  }

  results(name: string, outcome: string, limit: number): Promise<ResultLike[]> {
    return this.items(`experiments/${encodeURIComponent(name)}/results`, { outcome }, limit, isResult);
  }

  async epochs(name: string): Promise<EpochLike[]> {
    const answer = await this.send('GET', this.addressOf(`experiments/${encodeURIComponent(name)}/epochs`));
    const items: unknown = isItem(answer) ? answer['items'] : undefined;
    if (Array.isArray(items) && items.every(isEpoch)) return items;
    throw misunderstood(this.base);
  }

  async summary(name: string, epoch?: number): Promise<SummaryLike> {
    const query = epoch === undefined ? {} : { epoch: String(epoch) };
    const answer = await this.send('GET', this.addressOf(`experiments/${encodeURIComponent(name)}/summary`, query));
    if (isSummary(answer)) return answer;
    throw misunderstood(this.base);
  }

  async receipt(name: string, epoch?: number): Promise<ExperimentReceipt> {
    const query = epoch === undefined ? {} : { epoch: String(epoch) };
    const answer = await this.send('GET', this.addressOf(`experiments/${encodeURIComponent(name)}/receipt`, query));
    const { receipt } = readReceipt(answer);
    if (receipt !== undefined) return receipt;
    throw misunderstood(this.base);
  }

  async change(name: string, change: { percentEnabled: number }): Promise<Item> {
    const answer = await this.send('PATCH', this.addressOf(`experiments/${encodeURIComponent(name)}`), change);
    if (isItem(answer)) return answer;
    throw misunderstood(this.base);
  }

  /** Follows the cursors until the limit is reached. Stops if a server repeats a cursor. */
  private async items<Kind extends Item>(
    path: string,
    query: Record<string, string>,
    limit: number,
    is: (item: unknown) => item is Kind,
  ): Promise<Kind[]> {
    const items: Kind[] = [];
    const seen = new Set<string>();
    for (let cursor: string | null = ''; cursor !== null && !seen.has(cursor) && items.length < limit;) {
      seen.add(cursor);
      const asked = String(Math.min(limit - items.length, PAGE));
      const page = await this.send('GET', this.addressOf(path, { ...query, limit: asked, ...(cursor === '' ? {} : { cursor }) }));
      const found: unknown = isItem(page) ? page['items'] : undefined;
      if (!isItem(page) || !Array.isArray(found) || !found.every(is)) throw misunderstood(this.base);
      items.push(...found);
      cursor = typeof page['nextCursor'] === 'string' && found.length > 0 ? page['nextCursor'] : null;
    }
    return items.slice(0, limit);
  }

  private addressOf(path: string, query: Record<string, string> = {}): URL {
    const address = new URL(this.base);
    address.pathname = `${this.base.pathname.replace(/\/+$/, '')}/${path}`;
    for (const [key, value] of Object.entries(query)) address.searchParams.set(key, value);
    return address;
  }

  private async send(method: string, address: URL, body?: object): Promise<unknown> {
    const headers = { ...this.headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const signal = AbortSignal.timeout(PATIENCE);
    let response: Response;
    let text: string;
    try {
      response = await fetch(address, { method, headers, signal, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      text = await response.text();
    } catch (error) {
      throw unreachable(this.base, error, PATIENCE);
    }
    const answer = parsed(text);
    if (response.ok) return answer;
    throw refused(`${method} ${address.href}`, response, isItem(answer) ? answer['message'] : undefined);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
