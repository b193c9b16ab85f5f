/** Methods that only read, and CONNECT: what is sent through a tunnel is a request of its own. */
const READING = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT']);

/** Request that is about to be sent. */
export interface OutgoingRequest {
  readonly method: string;
  /** Scheme, host, and port unless it is the scheme's, such as `https://search.internal`. */
  readonly origin: string;
  /** Path with its query. */
  readonly path: string;
  /** Tells whether the connection becomes another, such as a WebSocket, on which anything can be sent. */
  readonly isUpgrade: boolean;
}

/**
 * Paths to which telemetry is sent: OTLP, Zipkin, Datadog, Elastic APM, Sentry and Loki, by their documentation. Its senders collect what the
 * whole application has to tell, and a timer that a candidate happened to start sends all of it.
 */
const TELEMETRY =
  /^(?:\/v1\/(?:traces|metrics|logs|profiles)|\/api\/v2\/spans|\/v\d+\.\d+\/(?:traces|stats)|\/intake\/v2\/(?:rum\/)?events|\/api\/\d+\/envelope\/?|\/loki\/api\/v1\/push)(?:\?|$)/;

/** Form of a rule: a method or `*`, a space, and an address in which `*` stands for any characters. */
export const RULE = /^(?:\*|[A-Z]+) https?:\/\/[^\s/]+\/\S*$/;

/** Rules that say which requests of candidates are sent though they don't only read. */
export class RequestRules {
  private readonly allowed: readonly RegExp[];

  /** @param rules such as `POST https://search.internal/*` */
  constructor(rules: readonly string[]) {
    this.allowed = rules.map(compile);
  }

  /** Tells whether a candidate may send a request. */
  allow({ method, origin, path, isUpgrade }: OutgoingRequest): boolean {
    const verb = method.toUpperCase();
    const isTelemetry = (verb === 'POST' || verb === 'PUT') && TELEMETRY.test(path);
    if (!isUpgrade && (READING.has(verb) || isTelemetry)) return true;
    const address = `${verb} ${origin}${path}`;
    return this.allowed.some((pattern) => pattern.test(address));
  }
}

function compile(rule: string): RegExp {
  const parts = rule.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const [method = '', ...rest] = parts;
  // A star in place of the method is any word, and elsewhere any characters.
  return new RegExp(rule.startsWith('*') ? `^\\S+${rest.join('.*')}$` : `^${[method, ...rest].join('.*')}$`, 's');
}

/** Longest part of a path that is shown, and the most of them. Longer ones are ids or secrets. */
const LONGEST = 20;
const MOST = 5;

/** Describes a request, such as `POST api.stripe.com/v1/charges`, without what could be an id or a secret. */
export function describeRequest({ method, origin, path, isUpgrade }: OutgoingRequest): string {
  const host = origin.replace(/^[a-z]+:\/\//i, '').replace(/^[^@]*@/, '');
  const parts = (path.split(/[?#]/, 1)[0] ?? '').split('/').filter((part) => part !== '');
  const shown = parts.slice(0, MOST).map((part) => (isOrdinary(part) ? part : '*'));
  const rest = parts.length > MOST ? '/…' : '';
  const verb = isUpgrade ? `${method.toUpperCase()} (upgrade)` : method.toUpperCase();
  return `${verb} ${[host, ...shown].join('/')}${rest}`;
}

/** Tells a word or a version, such as `v1`, from what could be an id or a secret. */
function isOrdinary(part: string): boolean {
  return part.length <= LONGEST && (/^v\d{1,2}$/.test(part) || /^[\p{L}._~-]+$/u.test(part));
}
