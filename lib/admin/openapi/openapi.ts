import {
  errorSchema,
  experimentSchema,
  listSchema,
  pageSchema,
  patchSchema,
  turnedOffSchema,
} from '../schemas/experiment.schemas.js';
import {
  durationsSchema,
  figuresListSchema,
  figuresSchema,
  timelineQuerySchema,
  timelineSchema,
} from '../schemas/figures.schemas.js';
import { changeRecordSchema, historyListSchema, historyPageSchema } from '../schemas/history.schemas.js';
import { receiptSchema, recordedEpochSchema } from '../../reports/receipt/receipt.schemas.js';
import { answer, json, pageOf, queryParameters, refusals, toJsonSchema, tagged, text } from './openapi-parts.js';
import {
  epochListSchema,
  epochQuerySchema,
  purgingSchema,
  resultListSchema,
  resultPageSchema,
  resultSchema,
  summarySchema,
} from '../schemas/result.schemas.js';

/** Version of the API. It changes with its requests and responses. */
const API_VERSION = '1.4.0';

/** Describes the API (OpenAPI 3.1), from the schemas that check its requests. Addresses are relative to this document's. */
export function openApiDocument(): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'nestjs-studies',
      version: API_VERSION,
      description: 'List the experiments of an application, change them while it runs, and read their results.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '.' }],
    paths: { ...experimentPaths(), ...figuresPaths(), ...resultPaths() },
    components: {
      schemas: {
        Experiment: toJsonSchema(experimentSchema),
        TurnedOff: toJsonSchema(turnedOffSchema),
        ExperimentPage: pageOf(pageSchema, 'Experiment'),
        ExperimentChange: { ...toJsonSchema(patchSchema), minProperties: 1 },
        Change: toJsonSchema(changeRecordSchema),
        ChangePage: pageOf(historyPageSchema, 'Change'),
        Figures: toJsonSchema(figuresSchema),
        FiguresList: pageOf(figuresListSchema, 'Figures'),
        Timeline: toJsonSchema(timelineSchema),
        Durations: toJsonSchema(durationsSchema),
        Summary: toJsonSchema(summarySchema),
        Epoch: toJsonSchema(recordedEpochSchema),
        EpochList: pageOf(epochListSchema, 'Epoch'),
        Receipt: toJsonSchema(receiptSchema),
        Result: toJsonSchema(resultSchema),
        ResultPage: pageOf(resultPageSchema, 'Result'),
        Purging: toJsonSchema(purgingSchema),
        Error: toJsonSchema(errorSchema),
      },
    },
  };
}

function experimentPaths() {
  return {
    '/experiments': {
      get: {
        operationId: 'listExperiments',
        summary: 'List experiments by pages',
        parameters: queryParameters(listSchema),
        responses: { 200: answer('A page of experiments.', 'ExperimentPage'), ...refusals(400) },
      },
    },
    '/experiments/{name}': {
      parameters: [NAME],
      get: {
        operationId: 'readExperiment',
        summary: 'Read an experiment',
        responses: { 200: tagged('The experiment.', 'Experiment'), ...refusals(404) },
      },
      patch: {
        operationId: 'changeExperiment',
        summary: 'Change an experiment; with "percentEnabled": 0 it is off in the answering process, even if the database fails',
        parameters: [IF_MATCH, REQUESTED_WITH],
        requestBody: { required: true, content: json('ExperimentChange') },
        responses: {
          200: tagged('The experiment as it is now.', 'Experiment'),
          202: answer(
            'It is off in the answering process. The database has not stored that within 2 s; storing is retried.',
            'TurnedOff',
          ),
          ...refusals(400, 404, 412, 413),
        },
      },
      delete: {
        operationId: 'removeExperiment',
        summary: 'Remove an experiment; if it is still in the code, its next call creates it again',
        parameters: [IF_MATCH, REQUESTED_WITH],
        responses: { 204: { description: 'It is removed.' }, ...refusals(400, 404, 412) },
      },
    },
    '/experiments/{name}/history': {
      parameters: [NAME],
      get: {
        operationId: 'listChanges',
        summary: 'List the changes, the newest first, also of a removed experiment',
        parameters: queryParameters(historyListSchema),
        responses: { 200: answer('A page of changes.', 'ChangePage'), ...refusals(400) },
      },
    },
  };
}

function figuresPaths() {
  return {
    '/figures': {
      get: {
        operationId: 'listFigures',
        summary: 'Read key figures of experiments; they can be some seconds old',
        parameters: [NAMES, ...queryParameters(epochQuerySchema)],
        responses: { 200: answer('The figures.', 'FiguresList'), ...refusals(400, 404) },
      },
    },
    '/experiments/{name}/timeline': {
      parameters: [NAME],
      get: {
        operationId: 'readTimeline',
        summary: 'Read the results of an experiment over time',
        parameters: queryParameters(timelineQuerySchema),
        responses: { 200: answer('The timeline.', 'Timeline'), ...refusals(400, 404) },
      },
    },
    '/experiments/{name}/durations': {
      parameters: [NAME],
      get: {
        operationId: 'readDurations',
        summary: 'Read how long the control and the candidates took',
        parameters: queryParameters(epochQuerySchema),
        responses: { 200: answer('The distributions of the durations.', 'Durations'), ...refusals(400, 404) },
      },
    },
  };
}

function resultPaths() {
  const summary = answer('The summary; as text for people if the request prefers text/plain.', 'Summary');
  return {
    '/experiments/{name}/summary': {
      parameters: [NAME],
      get: {
        operationId: 'summariseExperiment',
        summary: 'Read how often candidates differ, where, how fast they are, and whether it is safe to switch',
        parameters: queryParameters(epochQuerySchema),
        responses: { 200: { ...summary, content: { ...summary.content, ...text() } }, ...refusals(400, 404) },
      },
    },
    '/experiments/{name}/epochs': {
      parameters: [NAME],
      get: {
        operationId: 'listEpochs',
        summary: 'List the states of the code that results belong to, the newest first',
        responses: { 200: answer('The epochs.', 'EpochList'), ...refusals(404) },
      },
    },
    '/experiments/{name}/receipt': {
      parameters: [NAME],
      get: {
        operationId: 'readReceipt',
        summary: 'Read the verdict as a document to keep: what it rests on, and what was not observed',
        parameters: queryParameters(epochQuerySchema),
        responses: { 200: answer('The receipt.', 'Receipt'), ...refusals(400, 404) },
      },
    },
    '/experiments/{name}/results': {
      parameters: [NAME],
      get: {
        operationId: 'listResults',
        summary: 'List recorded results by pages, the newest first',
        parameters: queryParameters(resultListSchema),
        responses: { 200: answer('A page of results.', 'ResultPage'), ...refusals(400, 404) },
      },
      delete: {
        operationId: 'purgeResults',
        summary: 'Purge all recorded results of an experiment; it continues counting from zero',
        parameters: [REQUESTED_WITH],
        responses: { 204: { description: 'The results are purged.' }, ...refusals(404) },
      },
    },
    '/experiments/{name}/purging': {
      parameters: [NAME],
      get: {
        operationId: 'readPurging',
        summary: 'Read how many purged rows are still to be removed',
        responses: { 200: answer('The progress.', 'Purging'), ...refusals(404) },
      },
    },
    '/experiments/{name}/results/{id}': {
      parameters: [NAME, { name: 'id', in: 'path', required: true, schema: { type: 'string', minLength: 16, maxLength: 16 } }],
      get: {
        operationId: 'readResult',
        summary: 'Read a result',
        responses: { 200: answer('The result.', 'Result'), ...refusals(404) },
      },
    },
  };
}

const NAME = { name: 'name', in: 'path', required: true, schema: { type: 'string', minLength: 1, maxLength: 100 } };

const NAMES = {
  name: 'name',
  in: 'query',
  required: true,
  description: 'The names of the experiments, each as a parameter of this name.',
  schema: { type: 'array', minItems: 1, maxItems: 50, items: { type: 'string' } },
};

const REQUESTED_WITH = {
  name: 'X-Requested-With',
  in: 'header',
  required: false,
  description: 'Required from browsers, so that no other site can make the request.',
  schema: { type: 'string', enum: ['nestjs-studies'] },
};

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The ETag that the change is made for; without it, the change is made regardless of changes by others.',
  schema: { type: 'string', examples: ['"3"'] },
};
