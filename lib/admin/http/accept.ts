/** How welcome an answer of some type is: its weight, and how exactly the type is named (2: itself, 1: its kind, 0: any). */
interface Welcome {
  readonly weight: number;
  readonly precision: number;
}

/**
 * Whether an `Accept` asks for plain text rather than for JSON (RFC 9110, 12.5.1): for what weighs more, or else for what is
 * named more exactly. JSON if both are as welcome, or neither is.
 */
export function prefersText(accept = '*/*'): boolean {
  const text = parseAccept('text', 'plain', accept);
  const json = parseAccept('application', 'json', accept);
  return text.weight > 0 && (text.weight - json.weight || text.precision - json.precision) > 0;
}

/** Whether an `Accept-Encoding` takes gzip (RFC 9110, 12.5.3). */
export function acceptsGzip(acceptEncoding = ''): boolean {
  let weight = 0;
  for (const part of acceptEncoding.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((text) => text.trim());
    if (coding === 'gzip') return parseWeight(parameters) > 0;
    if (coding === '*') weight = parseWeight(parameters);
  }
  return weight > 0;
}

/** What the range says that names the type most exactly; a type of which nothing is said is not welcome. */
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
