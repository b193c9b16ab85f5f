import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest as Request } from 'node:http';
import type { CandidateContext } from '../../experiment/run-context.js';
import { refuseEffect } from '../effect-refused.error.js';
import { describeRequest, type OutgoingRequest, RequestRules } from './request-rules.js';
import { SentRequests } from './sent-requests.js';

/** Parts of the application that the gate needs. */
export interface RequestGatePlace {
  /** Returns the candidate in whose context this is called, if any. */
  running(): CandidateContext | undefined;
}

/** Channel on which undici, and with it `fetch`, announces a request before it is sent. */
const FETCH = 'undici:request:create';

/** Channel on which `node:http` and `node:https` announce one. Since Node 22.12 and 23.2. */
const HTTP = 'http.client.request.created';

/** Request as undici announces it. */
interface FetchRequest {
  readonly method: string;
  readonly origin: string | URL | undefined;
  readonly path: string;
  readonly upgrade?: unknown;
  onError?(error: Error): void;
  onResponseError?(error: Error): void;
}

/** Gate of the requests that candidates send by `node:http`, `node:https`, `fetch` and undici. */
export class RequestGate {
  private isOpen = false;
  private before: SentRequests | undefined;
  private readonly rules: RequestRules;

  constructor(
    private readonly place: RequestGatePlace,
    rules: readonly string[],
  ) {
    this.rules = new RequestRules(rules);
  }

  /** Watches requests. To be called before the first candidate runs; calling it again does nothing. */
  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    subscribe(FETCH, this.fetched);
    if (announcesRequests()) subscribe(HTTP, this.created);
    else this.before = new SentRequests((request) => this.refusalOf(request));
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    unsubscribe(FETCH, this.fetched);
    unsubscribe(HTTP, this.created);
    this.before?.stop();
  }

  private readonly created = (message: unknown): void => {
    const { request } = message as { request: Request }; // as Node documents it
    const refusal = this.refusalOf(request);
    if (refusal !== undefined) request.destroy(refusal);
  };

  private readonly fetched = (message: unknown): void => {
    const candidate = this.guarded();
    if (candidate === undefined) return;
    const { request } = message as { request: FetchRequest }; // as undici documents it
    const { method, path, upgrade } = request;
    const refusal = this.judge(candidate, {
      method,
      origin: String(request.origin ?? ''),
      path,
      isUpgrade: upgrade !== undefined && upgrade !== null && upgrade !== false,
    });
    if (refusal === undefined) return;
    // The name of the method depends on the version of undici.
    if (request.onError !== undefined) request.onError(refusal);
    else request.onResponseError?.(refusal);
  };

  private refusalOf(request: Request): Error | undefined {
    const candidate = this.guarded();
    if (candidate === undefined) return undefined;
    const { method, protocol, host, path } = request;
    const named = request.getHeader('host');
    return this.judge(candidate, {
      method,
      origin: `${protocol}//${typeof named === 'string' ? named : host}`,
      path,
      isUpgrade: request.getHeader('upgrade') !== undefined,
    });
  }

  private guarded(): CandidateContext | undefined {
    const candidate = this.place.running();
    return candidate?.writes === 'refuse' ? candidate : undefined;
  }

  private judge(candidate: CandidateContext, request: OutgoingRequest): Error | undefined {
    return this.rules.allow(request) ? undefined : refuseEffect(candidate, describeRequest(request));
  }
}

/** Tells whether this Node announces requests of `node:http` before they are sent. */
function announcesRequests(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 2) || (major === 22 && minor >= 12);
}
