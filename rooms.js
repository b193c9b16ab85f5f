/**
 * The rooms of lib/: what each holds, and what it may import. It is the one source of the lint rule (`.dependency-cruiser.js`), and of the
 * table in CONTRIBUTING.md. A room with a slash stands within another, and is one of its own.
 *
 * @type {Readonly<Record<string, { readonly holds: string, readonly rooms: readonly string[], readonly packages: readonly string[] }>>}
 */
export const ROOMS = {
  base: {
    holds: 'Tools that know nothing of experiments: errors, user-supplied functions, time, the module’s own async context',
    rooms: [],
    packages: [],
  },
  values: {
    holds: 'Tools for any value: what it is, as JSON, what is secret in it, paths to its fields, what can be read only once',
    rooms: ['base'],
    packages: [],
  },
  'values/copying': {
    holds: 'Copies of arguments and values within a budget, and what can’t be copied since it lives',
    rooms: ['base', 'values'],
    packages: [],
  },
  comparing: {
    holds: 'Deep equality that can be interrupted, and is linear in what values share',
    rooms: ['base', 'values'],
    packages: [],
  },
  experiment: {
    holds: 'The words of an experiment: options, definition, observation, result, guardrails',
    rooms: ['base', 'values'],
    packages: ['rxjs', 'zod'],
  },
  'experiment/admission': {
    holds: 'Whether a call runs the experiment: percentage, places, load of the event loop',
    rooms: ['base', 'experiment'],
    packages: [],
  },
  'experiment/guardrails': {
    holds: 'When a candidate is so bad that its experiment stops: sequential tests over its runs',
    rooms: ['base', 'experiment'],
    packages: [],
  },
  'experiment/comparison': {
    holds: 'What comes of comparing the control with its candidates',
    rooms: ['base', 'values', 'comparing', 'experiment'],
    packages: [],
  },
  'experiment/run': {
    holds: 'The life of a run: the control, its candidates, their timeouts, and what follows',
    rooms: [
      'base',
      'values',
      'values/copying',
      'comparing',
      'experiment',
      'experiment/admission',
      'experiment/guardrails',
      'experiment/comparison',
    ],
    packages: ['rxjs'],
  },
  effects: {
    holds: 'What candidates do outwards: statements that write, requests, providers that send something; and its refusal',
    rooms: ['base', 'experiment'],
    packages: ['@nestjs/common'],
  },
  isolation: {
    holds: 'What keeps candidates out of their callers’ transactions, connections and stores',
    rooms: ['base', 'values', 'experiment', 'effects'],
    packages: ['typeorm', 'nestjs-cls', 'typeorm-transactional'],
  },
  decorators: {
    holds: '`@Experiment()`, `@Candidate()`, and what finds them at the start',
    rooms: ['base', 'experiment', 'experiment/run'],
    packages: ['@nestjs/common', '@nestjs/core', 'reflect-metadata', 'zod'],
  },
  publishing: {
    holds: '`Publisher`, and the one that logs',
    rooms: ['base', 'values', 'experiment', 'experiment/run'],
    packages: ['@nestjs/common'],
  },
  database: {
    holds: 'How this library speaks to a database: its own statements, columns and tables, timeouts, health',
    rooms: ['base', 'values'],
    packages: ['typeorm'],
  },
  storage: {
    holds: 'An experiment’s row, and where it is kept',
    rooms: ['base', 'experiment', 'database'],
    packages: ['typeorm', 'zod'],
  },
  sync: {
    holds: 'What this process knows of rows that others change, and what it tells others of itself',
    rooms: ['base', 'experiment', 'experiment/run', 'database', 'storage'],
    packages: [],
  },
  operations: {
    holds: 'What operators do: change, turn off, halt, remove; and the history of it',
    rooms: ['base', 'experiment', 'database', 'storage', 'sync'],
    packages: ['typeorm', 'zod'],
  },
  recording: {
    holds: 'Whose results are meant',
    rooms: ['storage'],
    packages: [],
  },
  'recording/differences': {
    holds: 'The fields in which two values differ',
    rooms: ['base', 'values', 'comparing', 'experiment'],
    packages: ['diff'],
  },
  'recording/evidence': {
    holds: 'What the verdict rests on: runs that compared something, and which inputs, subjects and hours they were of',
    rooms: ['values', 'experiment', 'recording/differences'],
    packages: [],
  },
  'recording/tallies': {
    holds: 'Counts, percentiles and differing fields of a period',
    rooms: ['experiment', 'experiment/guardrails', 'recording', 'recording/differences', 'recording/evidence'],
    packages: ['@datadog/sketches-js'],
  },
  'recording/storage': {
    holds: 'Where tallies and results are kept, and how they are purged',
    rooms: [
      'base',
      'values',
      'experiment',
      'experiment/guardrails',
      'database',
      'storage',
      'recording',
      'recording/differences',
      'recording/evidence',
      'recording/tallies',
    ],
    packages: ['typeorm', 'zod'],
  },
  'recording/writing': {
    holds: 'The way of results to the storage: buffer, writer’s lease, retention, and what other processes have counted',
    rooms: [
      'base',
      'values',
      'experiment',
      'experiment/guardrails',
      'database',
      'sync',
      'recording',
      'recording/differences',
      'recording/evidence',
      'recording/tallies',
      'recording/storage',
    ],
    packages: [],
  },
  reports: {
    holds: 'From rows to answers: summary, figures, timeline, durations',
    rooms: [
      'base',
      'experiment',
      'database',
      'storage',
      'sync',
      'operations',
      'recording',
      'recording/differences',
      'recording/evidence',
      'recording/tallies',
      'recording/storage',
      'recording/writing',
      'reports/statistics',
    ],
    packages: [],
  },
  'reports/statistics': {
    holds: 'How “ready” is decided: evidence, intervals, noise',
    rooms: [],
    packages: [],
  },
  'reports/receipt': {
    holds: 'The verdict with all that it rests on, and what it doesn’t, as a document; and what has changed since an earlier one',
    rooms: [
      'base',
      'experiment',
      'storage',
      'recording/differences',
      'recording/evidence',
      'recording/tallies',
      'reports',
      'reports/statistics',
      'reports/text',
    ],
    packages: ['zod'],
  },
  'reports/text': {
    holds: 'Answers as text for people',
    rooms: ['base', 'recording/differences', 'recording/tallies', 'reports', 'reports/statistics'],
    packages: [],
  },
  admin: {
    holds: 'The REST controllers, their schemas, their OpenAPI document, and what serves the page',
    rooms: [
      'base',
      'values',
      'experiment',
      'storage',
      'operations',
      'recording/storage',
      'reports',
      'reports/receipt',
      'reports/text',
    ],
    packages: ['@nestjs/common', 'rxjs', 'zod'],
  },
  init: {
    holds: '`nestjs-studies init`, as a command and as a schematic: what it finds in an application, and the edits it plans',
    rooms: ['base'],
    packages: ['typescript'],
  },
  command: {
    holds: 'The command `nestjs-studies`, which speaks to the REST API alone, and `init`, which edits an application',
    rooms: ['base', 'init', 'reports/receipt', 'reports/statistics', 'reports/text'],
    packages: [],
  },
};

/** Rooms that put the others together, and may import all of them. */
export const WIRING = ['studies', 'testing'];
