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
import { answer, json, pageOf, queryParameters, refusals, toJsonSchema, tagged, text } from './openapi-parts.js';
import { purgingSchema, resultListSchema, resultPageSchema, resultSchema, summarySchema } from '../schemas/result.schemas.js';

/** The version of the API, which changes with what it takes and gives. */
const API_VERSION = '1.3.0';

/** Describes the API (OpenAPI 3.1), from the schemas by which it checks what it takes. Addresses are relative to this document's. */
export function openApiDocument(): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'nestjs-studies',
      version: API_VERSION,
      description: 'See the experiments of an application, turn them while it runs, and read what came of them.',
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
        summary:
          'Change an experiment; with "percentEnabled": 0 it is off in the process that answers, whatever the database does',
        parameters: [IF_MATCH, REQUESTED_WITH],
        requestBody: { required: true, content: json('ExperimentChange') },
        responses: {
          200: tagged('The experiment as it is now.', 'Experiment'),
          202: answer(
            'It is off in the process that answers. The database has not taken it within 2 s; it is tried again.',
            'TurnedOff',
          ),
          ...refusals(400, 404, 412, 413),
        },
      },
      delete: {
        operationId: 'removeExperiment',
        summary: 'Remove an experiment; one that is still in the code comes back when it is next called',
        parameters: [IF_MATCH, REQUESTED_WITH],
        responses: { 204: { description: 'It is removed.' }, ...refusals(400, 404, 412) },
      },
    },
    '/experiments/{name}/history': {
      parameters: [NAME],
      get: {
        operationId: 'listChanges',
        summary: 'Say who changed what, the newest first, also of an experiment that is removed',
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
        summary: 'Say in a few figures what came of experiments; they can be some seconds old',
        parameters: [NAMES],
        responses: { 200: answer('The figures.', 'FiguresList'), ...refusals(400) },
      },
    },
    '/experiments/{name}/timeline': {
      parameters: [NAME],
      get: {
        operationId: 'readTimeline',
        summary: 'Say what came of an experiment in the course of time',
        parameters: queryParameters(timelineQuerySchema),
        responses: { 200: answer('The timeline.', 'Timeline'), ...refusals(400, 404) },
      },
    },
    '/experiments/{name}/durations': {
      parameters: [NAME],
      get: {
        operationId: 'readDurations',
        summary: 'Say how long the control and the candidates took',
        responses: { 200: answer('The distributions of the durations.', 'Durations'), ...refusals(404) },
      },
    },
  };
}

function resultPaths() {
  const summary = answer('What is known of it; as a text for people, where the request prefers text/plain.', 'Summary');
  return {
    '/experiments/{name}/summary': {
      parameters: [NAME],
      get: {
        operationId: 'summariseExperiment',
        summary: 'Say how often candidates differ, where, how fast they are, and whether it is safe to switch',
        responses: { 200: { ...summary, content: { ...summary.content, ...text() } }, ...refusals(404) },
      },
    },
    '/experiments/{name}/results': {
      parameters: [NAME],
      get: {
        operationId: 'listResults',
        summary: 'List the results that are kept by pages, the newest first',
        parameters: queryParameters(resultListSchema),
        responses: { 200: answer('A page of results.', 'ResultPage'), ...refusals(400, 404) },
      },
      delete: {
        operationId: 'purgeResults',
        summary: 'Forget all that was recorded of an experiment, which goes on counting from zero',
        parameters: [REQUESTED_WITH],
        responses: { 204: { description: 'It is forgotten.' }, ...refusals(404) },
      },
    },
    '/experiments/{name}/purging': {
      parameters: [NAME],
      get: {
        operationId: 'readPurging',
        summary: 'Say how much of what was purged is still to be removed',
        responses: { 200: answer('How far it has come.', 'Purging'), ...refusals(404) },
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
  description: 'Required of browsers, so that no other site can send it.',
  schema: { type: 'string', enum: ['nestjs-studies'] },
};

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The ETag that the change is made for; without it, the change is made whatever others have changed.',
  schema: { type: 'string', examples: ['"3"'] },
};
