import { z } from 'zod';

const REFUSALS = {
  400: 'Something is wrong with what was sent; nothing is changed.',
  403: 'The guards do not let you in, none are configured, or a page of another site has sent what changes something.',
  404: 'There is no experiment of this name, or it has no such result.',
  412: 'The experiment was changed since the version in If-Match; nothing is changed.',
  413: 'The body is too large; nothing is changed.',
  503: 'The storage of experiments does not answer.',
};

/** How a request is refused: for these reasons, or for one of those that any can be refused for. */
export function refusals(...statuses: (keyof typeof REFUSALS)[]): Record<string, ReturnType<typeof answer>> {
  return Object.fromEntries(
    [...statuses, 403 as const, 503 as const].map((status) => [status, answer(REFUSALS[status], 'Error')]),
  );
}

/** An answer with a body of a schema of the document. */
export function answer(description: string, schema: string) {
  return { description, content: json(schema) };
}

/** An answer that says of which version it is. */
export function tagged(description: string, schema: string) {
  const etag = { description: 'The version, for If-Match.', schema: { type: 'string' } };
  return { ...answer(description, schema), headers: { ETag: etag } };
}

export function json(schema: string) {
  return { 'application/json': { schema: reference(schema) } };
}

export function text() {
  return { 'text/plain': { schema: { type: 'string' } } };
}

/** A page, whose items are of a schema of the document. */
export function pageOf(page: z.ZodType, item: string) {
  const described = toJsonSchema(page);
  return { ...described, properties: { ...described.properties, items: { type: 'array', items: reference(item) } } };
}

/** The fields of a query, as they stand in an address. */
export function queryParameters(query: z.ZodType) {
  const { properties = {} } = toJsonSchema(query);
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
}

/** JSON Schema 2020-12, which OpenAPI 3.1 takes as it is, of what is sent. */
export function toJsonSchema(schema: z.ZodType) {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', override: withoutPattern });
  return described;
}

function reference(schema: string) {
  return { $ref: `#/components/schemas/${schema}` };
}

/** The format says what a time is; the pattern that zod adds is for machines only. */
function withoutPattern({ jsonSchema }: { jsonSchema: { format?: unknown; pattern?: unknown } }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
}
