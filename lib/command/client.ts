import type { SummaryLike } from '../recording/summary.text.js';

/** What a person has to be told, and nothing else. */
export class Failure extends Error {}

/** JSON of which no more is known than that it is an object. */
export type Item = Readonly<Record<string, unknown>>;

/** How long an answer may take, in ms. */
const PATIENCE = 30_000;
/** How many items are asked for at once. */
const PAGE = 100;

const REMEDY = 'Is the application running? Give its address with --url or NESTJS_STUDIES_URL.';

/** Speaks to the REST API of an application. */
export class Client {
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    private readonly base: URL,
    token: string | undefined,
  ) {
    this.headers = { accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  }

  experiments(limit: number): Promise<Item[]> {
    return this.items('experiments', {}, limit);
  }

  results(name: string, outcome: string, limit: number): Promise<Item[]> {
    return this.items(`experiments/${encodeURIComponent(name)}/results`, { outcome }, limit);
  }

  async summary(name: string): Promise<SummaryLike> {
    const answer = await this.send('GET', this.addressOf(`experiments/${encodeURIComponent(name)}/summary`));
    return isSummary(answer) ? answer : this.misunderstood();
  }

  async change(name: string, change: { percentEnabled: number }): Promise<Item> {
    const answer = await this.send('PATCH', this.addressOf(`experiments/${encodeURIComponent(name)}`), change);
    return isItem(answer) ? answer : this.misunderstood();
  }

  /** Follows the cursors until the limit is reached, and no server in circles. */
  private async items(path: string, query: Record<string, string>, limit: number): Promise<Item[]> {
    const items: Item[] = [];
    const seen = new Set<string>();
    for (let cursor: string | null = ''; cursor !== null && !seen.has(cursor) && items.length < limit;) {
      seen.add(cursor);
      const asked = String(Math.min(limit - items.length, PAGE));
      const page = await this.send('GET', this.addressOf(path, { ...query, limit: asked, ...(cursor === '' ? {} : { cursor }) }));
      if (!isItem(page) || !Array.isArray(page['items'])) return this.misunderstood();
      items.push(...page['items'].filter(isItem));
      cursor = typeof page['nextCursor'] === 'string' && page['items'].length > 0 ? page['nextCursor'] : null;
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
      throw new Failure(`Can't reach ${this.base.href}: ${causeOf(error)}. ${REMEDY}`);
    }
    const answer = parsed(text);
    if (!response.ok) throw new Failure(refusal(response, method, address, answer));
    return answer;
  }

  private misunderstood(): never {
    throw new Failure(`${this.base.href} answers, but not as the API of nestjs-studies does. Give its address with --url.`);
  }
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSummary(value: unknown): value is SummaryLike {
  return (
    isItem(value) &&
    typeof value['name'] === 'string' &&
    isItem(value['span']) &&
    Array.isArray(value['candidates']) &&
    value['candidates'].every(
      (candidate) =>
        isItem(candidate) &&
        typeof candidate['name'] === 'string' &&
        isItem(candidate['counts']) &&
        isItem(candidate['readiness']) &&
        ['collecting', 'notReady', 'ready'].includes(String(candidate['readiness']['state'])) &&
        typeof candidate['readiness']['reason'] === 'string',
    )
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal({ status, statusText }: Response, method: string, address: URL, answer: unknown): string {
  const given: unknown = isItem(answer) ? answer['message'] : undefined;
  const message = Array.isArray(given)
    ? given.map((one) => String(one)).join('; ')
    : typeof given === 'string'
      ? given
      : statusText;
  return (
    `${method} ${address.href} was answered with ${status}${message === '' ? '' : `: ${message}`}`.replace(/\.?$/, '.') +
    remedyFor(status)
  );
}

function remedyFor(status: number): string {
  if (status === 401 || status === 403) return ' Give a token that is allowed to with NESTJS_STUDIES_TOKEN.';
  return status === 404 ? ' Check the name, and the address given with --url.' : '';
}

/** What is behind fetch's "fetch failed". */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${PATIENCE / 1_000} s`;
  const cause = error.cause instanceof Error ? error.cause : error;
  return cause.message === '' ? ((cause as NodeJS.ErrnoException).code ?? cause.name) : cause.message;
}
