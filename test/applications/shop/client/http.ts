import { request as open } from 'node:http';
import { settings } from '../src/settings';
import type { Record } from './integration';

/** Headers that tell the time, not the answer. */
const OF_THE_TIME = /^(date|keep-alive|connection|x-ratelimit-reset|retry-after)$/i;

export interface Request {
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
  /** Sent as JSON unless it is a text. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: readonly string[];
  readonly body: string;
}

/** Sends one request and reads the whole answer, byte by byte. */
export function request(path: string, { method = 'GET', headers = {}, body }: Request = {}): Promise<Answer> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const json = body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' };
  const all = { 'x-request-id': 'unnumbered', ...json, ...headers };
  const options = { host: '127.0.0.1', port: settings.ports.http, path, method, headers: all, agent: false };
  return new Promise((resolve, reject) => {
    const outgoing = open(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status, rawHeaders } = response;
        resolve({ status, headers: headerLines(rawHeaders), body: Buffer.concat(chunks).toString('latin1') });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

let sent = 0;

/** Sends requests one after the other, and records each answer under its name. */
export class Http {
  /** Sent with each request. */
  headers: { [name: string]: string } = {};

  constructor(private readonly record: Record) {}

  async get(path: string, headers: { [name: string]: string } = {}): Promise<Answer> {
    return this.send('GET', path, { headers });
  }

  async post(path: string, body?: unknown, headers: { [name: string]: string } = {}): Promise<Answer> {
    return this.send('POST', path, { body, headers });
  }

  async send(method: string, path: string, { headers, ...rest }: Request = {}): Promise<Answer> {
    sent += 1;
    const all = { 'x-request-id': `request-${sent}`, ...this.headers, ...headers };
    const answer = await request(path, { method, headers: all, ...rest });
    this.record(`${method} ${path} ${JSON.stringify(rest.body ?? '').slice(0, 60)}`, answer);
    return answer;
  }
}

/** Logs in, and gives the header that says so. */
export async function authorize(email: string): Promise<{ authorization: string }> {
  const body = { email, password: 'correct horse' };
  const answer = await request('/api/v1/auth/login', { method: 'POST', body });
  return { authorization: `Bearer ${(JSON.parse(answer.body) as { token: string }).token}` };
}

function headerLines(raw: readonly string[]): string[] {
  const lines: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    if (!OF_THE_TIME.test(raw[index] ?? '')) lines.push(`${raw[index]}: ${raw[index + 1]}`);
  }
  return lines;
}
