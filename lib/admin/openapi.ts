import { z } from 'zod';
import { errorSchema, experimentSchema, listSchema, pageSchema, patchSchema } from './experiment.schemas.js';

/** The version of the API, which changes with what it takes and gives. */
const API_VERSION = '1.0.0';

/** Describes the API (OpenAPI 3.1), from the schemas by which it checks what it takes. Addresses are relative to this document's. */
export function openApiDocument() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'nestjs-studies',
      version: API_VERSION,
      description: 'See the experiments of an application, and turn them while it runs.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '.' }],
    paths: {
      '/experiments': {
        get: {
          operationId: 'listExperiments',
          summary: 'List experiments by pages',
          parameters: queryParameters(),
          responses: { 200: answer('A page of experiments.', 'ExperimentPage'), ...refusals(400) },
        },
      },
      '/experiments/{name}': {
        parameters: [{ name: 'name', in: 'path', required: true, schema: { type: 'string', minLength: 1, maxLength: 100 } }],
        get: {
          operationId: 'readExperiment',
          summary: 'Read an experiment',
          responses: { 200: tagged('The experiment.'), ...refusals(404) },
        },
        patch: {
          operationId: 'changeExperiment',
          summary: 'Change an experiment',
          parameters: [IF_MATCH],
          requestBody: { required: true, content: json('ExperimentChange') },
          responses: { 200: tagged('The experiment as it is now.'), ...refusals(400, 404, 412, 413) },
        },
        delete: {
          operationId: 'removeExperiment',
          summary: 'Remove an experiment; one that is still in the code comes back when it is next called',
          parameters: [IF_MATCH],
          responses: { 204: { description: 'It is removed.' }, ...refusals(400, 404, 412) },
        },
      },
    },
    components: {
      schemas: {
        Experiment: schemaOf(experimentSchema),
        ExperimentPage: { ...schemaOf(pageSchema), properties: pageProperties() },
        ExperimentChange: { ...schemaOf(patchSchema), minProperties: 1 },
        Error: schemaOf(errorSchema),
      },
    },
  };
}

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The ETag that the change is made for; without it, the change is made whatever others have changed.',
  schema: { type: 'string', examples: ['"3"'] },
};

const REFUSALS = {
  400: 'Something is wrong with what was sent; nothing is changed.',
  403: 'The guards do not let you in, or none are configured.',
  404: 'There is no experiment of this name.',
  412: 'The experiment was changed since the version in If-Match; nothing is changed.',
  413: 'The body is too large; nothing is changed.',
  503: 'The storage of experiments does not answer.',
};

function refusals(...statuses: (keyof typeof REFUSALS)[]): Record<string, ReturnType<typeof answer>> {
  return Object.fromEntries(
    [...statuses, 403 as const, 503 as const].map((status) => [status, answer(REFUSALS[status], 'Error')]),
  );
}

function answer(description: string, schema: string) {
  return { description, content: json(schema) };
}

function tagged(description: string) {
  const etag = { description: 'The version, for If-Match.', schema: { type: 'string' } };
  return { ...answer(description, 'Experiment'), headers: { ETag: etag } };
}

function json(schema: string) {
  return { 'application/json': { schema: reference(schema) } };
}

function reference(schema: string) {
  return { $ref: `#/components/schemas/${schema}` };
}

function pageProperties() {
  const { properties } = schemaOf(pageSchema);
  return { ...properties, items: { type: 'array', items: reference('Experiment') } };
}

function queryParameters() {
  const { properties = {} } = schemaOf(listSchema);
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
}

/** JSON Schema 2020-12, which OpenAPI 3.1 takes as it is, of what is sent. */
function schemaOf(schema: z.ZodType) {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', override: withoutPattern });
  return described;
}

/** The format says what a time is; the pattern that zod adds is for machines only. */
function withoutPattern({ jsonSchema }: { jsonSchema: { format?: unknown; pattern?: unknown } }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
}
