/** Preference for a media type: its weight, and the precision with which the type is named (2: itself, 1: its kind, 0: any). */
interface Welcome {
  readonly weight: number;
  readonly precision: number;
}

/**
 * Decides whether an `Accept` prefers plain text to JSON (RFC 9110, 12.5.1): the higher weight wins, then the more precise
 * name. JSON wins a tie, and if neither is accepted.
 */
export function prefersText(accept = '*/*'): boolean {
  const text = parseAccept('text', 'plain', accept);
  const json = parseAccept('application', 'json', accept);
  return text.weight > 0 && (text.weight - json.weight || text.precision - json.precision) > 0;
}

/** Decides whether an `Accept-Encoding` accepts gzip (RFC 9110, 12.5.3). */
export function acceptsGzip(acceptEncoding = ''): boolean {
  let weight = 0;
  for (const part of acceptEncoding.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((text) => text.trim());
    if (coding === 'gzip') return parseWeight(parameters) > 0;
    if (coding === '*') weight = parseWeight(parameters);
  }
  return weight > 0;
}

/** Returns the preference of the range that names the type most precisely. A type that no range matches is not accepted. */
function parseAccept(type: string, subtype: string, accept: string): Welcome {
  let welcome = { weight: 0, precision: -1 };
  for (const part of accept.toLowerCase().split(',')) {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim());
    const precision = ['*/*', `${type}/*`, `${type}/${subtype}`].indexOf(range);
    if (precision > welcome.precision) welcome = { weight: parseWeight(parameters), precision };
  }
  return welcome;
}

function parseWeight(parameters: readonly string[]): number {
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  return weight === undefined ? 1 : Number(weight.slice(2)) || 0;
}
