import { z } from 'zod';

const REFUSALS = {
  400: 'The request is invalid; nothing is changed.',
  403: 'The guards refuse access, none are configured, or a page of another site has tried to change something.',
  404: 'There is no experiment with this name, or it has no such result or epoch.',
  412: 'The experiment was changed since the version in If-Match; nothing is changed.',
  413: 'The body is too large; nothing is changed.',
  503: 'The storage of experiments does not answer.',
};

/** Returns the responses that refuse a request: the given ones, and those that any request can get. */
export function refusals(...statuses: (keyof typeof REFUSALS)[]): Record<string, ReturnType<typeof answer>> {
  return Object.fromEntries(
    [...statuses, 403 as const, 503 as const].map((status) => [status, answer(REFUSALS[status], 'Error')]),
  );
}

/** Returns a response whose body has a schema of the document. */
export function answer(description: string, schema: string) {
  return { description, content: json(schema) };
}

/** Returns a response with the version in its `ETag`. */
export function tagged(description: string, schema: string) {
  const etag = { description: 'The version, for If-Match.', schema: { type: 'string' } };
  return { ...answer(description, schema), headers: { ETag: etag } };
}

/** Returns the content of a JSON body with a schema of the document. */
export function json(schema: string) {
  return { 'application/json': { schema: reference(schema) } };
}

/** Returns the content of a plain-text body. */
export function text() {
  return { 'text/plain': { schema: { type: 'string' } } };
}

/** Returns the schema of a page whose items have a schema of the document. */
export function pageOf(page: z.ZodType, item: string) {
  const described = toJsonSchema(page);
  return { ...described, properties: { ...described.properties, items: { type: 'array', items: reference(item) } } };
}

/** Returns the fields of a query as parameters. */
export function queryParameters(query: z.ZodType) {
  const { properties = {} } = toJsonSchema(query);
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
}

/** Returns the JSON Schema 2020-12 of an input, which OpenAPI 3.1 accepts unchanged. */
export function toJsonSchema(schema: z.ZodType) {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', override: withoutPattern });
  return described;
}

function reference(schema: string) {
  return { $ref: `#/components/schemas/${schema}` };
}

/** Removes the pattern that zod adds to times. The format describes them well enough. */
function withoutPattern({ jsonSchema }: { jsonSchema: { format?: unknown; pattern?: unknown } }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
}
