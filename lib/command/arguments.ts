import { parseArgs } from 'node:util';
import type { InitOptions } from '../init/init-options.js';
import { readRequestHeaders, type RequestHeaders } from './request-headers.js';
import { UsageError } from './usage.error.js';

/** Options that only some commands take. */
const PARTICULAR = [
  'limit',
  'wait',
  'epoch',
  'markdown',
  'out',
  'against',
  'module',
  'data-source',
  'database',
  'project',
  'dry-run',
] as const;

/** Number of arguments that each command needs and takes, and its options beside the common ones. */
const TAKES = {
  init: { least: 0, most: 1, options: ['module', 'data-source', 'database', 'project', 'dry-run'] },
  list: { least: 0, most: 0, options: ['limit'] },
  summary: { least: 1, most: 1, options: ['epoch'] },
  epochs: { least: 1, most: 1, options: [] },
  mismatches: { least: 1, most: 1, options: ['limit'] },
  errors: { least: 1, most: 1, options: ['limit'] },
  enable: { least: 1, most: 2, options: [] },
  disable: { least: 1, most: 1, options: [] },
  ready: { least: 1, most: 1, options: ['wait'] },
  receipt: { least: 1, most: 1, options: ['epoch', 'markdown', 'out', 'against'] },
} satisfies Record<string, { least: number; most: number; options: (typeof PARTICULAR)[number][] }>;

/** Name of a command that asks the API. */
export type CommandName = Exclude<keyof typeof TAKES, 'init'>;

/** Arguments and options of a command. */
export interface CommandArguments {
  /** Name of the experiment; empty for commands without one. */
  readonly name: string;
  readonly percent: number;
  readonly limit: number | undefined;
  /** Number of the epoch; undefined for the current one. */
  readonly epoch: number | undefined;
  /** Longest wait, in ms. */
  readonly wait: number;
  readonly json: boolean;
  readonly markdown: boolean;
  /** File to write to. */
  readonly out: string | undefined;
  /** File with an earlier receipt. */
  readonly against: string | undefined;
}

/** A parsed command line that names a command. */
export interface CommandInvocation extends CommandArguments {
  readonly kind: 'command';
  readonly command: CommandName;
  readonly url: URL;
  readonly headers: RequestHeaders;
}

/** A parsed command line that edits the application in the current directory. */
export interface InitInvocation {
  readonly kind: 'init';
  readonly options: InitOptions;
  /** True to write nothing. */
  readonly dryRun: boolean;
}

/** A parsed command line. */
export type Invocation = { readonly kind: 'help' } | { readonly kind: 'version' } | InitInvocation | CommandInvocation;

const OPTIONS = {
  url: { type: 'string' },
  header: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  markdown: { type: 'boolean' },
  out: { type: 'string' },
  against: { type: 'string' },
  limit: { type: 'string' },
  wait: { type: 'string' },
  epoch: { type: 'string' },
  module: { type: 'string' },
  'data-source': { type: 'string' },
  database: { type: 'string' },
  project: { type: 'string' },
  'dry-run': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/**
 * Parses the arguments and the environment.
 *
 * @throws UsageError
 */
export function parseInvocation(argv: string[], env: Readonly<Record<string, string | undefined>>): Invocation {
  const { values, positionals } = parse(argv);
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  const [title, ...given] = positionals;
  const command = parseCommand(title, given, values);
  if (command === 'init') return { kind: 'init', options: initOptions(given[0], values), dryRun: values['dry-run'] === true };
  return {
    kind: 'command',
    command,
    url: parseAddress(values.url ?? (env['NESTJS_STUDIES_URL'] || undefined)),
    headers: readRequestHeaders(values.header ?? [], env),
    name: TAKES[command].least === 0 ? '' : parseName(given[0]),
    percent: parsePercent(given[1]),
    limit: values.limit === undefined ? undefined : parseLimit(values.limit),
    epoch: values.epoch === undefined ? undefined : parseEpoch(values.epoch),
    wait: parseWait(values.wait),
    json: values.json === true,
    markdown: parseMarkdown(values),
    out: parseFile('--out', values.out),
    against: parseFile('--against', values.against),
  };
}

function parse(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parseCommand(
  title: string | undefined,
  given: string[],
  values: Partial<Record<(typeof PARTICULAR)[number], unknown>>,
): keyof typeof TAKES {
  if (title === undefined) throw new UsageError('No command is given.');
  if (!isCommand(title)) throw new UsageError(`There is no command "${title}".`);
  const { least, most, options } = TAKES[title];
  if (given.length < least) throw new UsageError(`"${title}" needs the name of an experiment.`);
  if (given.length > most) throw new UsageError(`"${title}" does not take "${String(given[most])}".`);
  for (const option of PARTICULAR) {
    const takes: readonly string[] = options;
    if (values[option] !== undefined && !takes.includes(option)) throw new UsageError(`"${title}" does not take --${option}.`);
  }
  return title;
}

function isCommand(title: string): title is keyof typeof TAKES {
  return Object.hasOwn(TAKES, title);
}

function initOptions(method: string | undefined, values: ReturnType<typeof parse>['values']): InitOptions {
  if (method !== undefined && !/^[\w$-]+\.[\w$-]+$/.test(method)) {
    throw new UsageError(`"init" takes a method such as CitiesController.search, not "${method}".`);
  }
  const { module, database, project } = values;
  return { method, module, database, project, dataSource: values['data-source'] };
}

function parseAddress(text = 'http://localhost:3000/studies'): URL {
  const address = URL.canParse(text) ? new URL(text) : undefined;
  if (address?.protocol !== 'http:' && address?.protocol !== 'https:') {
    throw new UsageError('The address must be one such as http://localhost:3000/studies.');
  }
  if (address.username !== '' || address.password !== '') {
    throw new UsageError(
      'The address must hold no password. Give it with NESTJS_STUDIES_USER, or a token with NESTJS_STUDIES_TOKEN.',
    );
  }
  return address;
}

/** Reads a name that fits into an address: "." and ".." would lead elsewhere. */
function parseName(name = ''): string {
  if (name === '' || name === '.' || name === '..' || !name.isWellFormed()) throw new UsageError(`"${name}" can't be a name.`);
  return name;
}

function parsePercent(text = '100'): number {
  const percent = /^\d{1,3}(?:\.\d{1,2})?$/.test(text) ? Number(text) : NaN;
  if (percent > 0 && percent <= 100) return percent;
  throw new UsageError('The percentage must be above 0 and at most 100, with up to two decimals.');
}

function parseLimit(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError('--limit must be a whole number from 1 to 999999.');
}

function parseEpoch(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new UsageError('--epoch must be a number that "epochs" lists.');
}

function parseWait(text = '0'): number {
  if (/^\d{1,9}(?:\.\d+)?$/.test(text)) return Number(text) * 1_000;
  throw new UsageError('--wait must be a number of seconds.');
}

function parseMarkdown({ json, markdown }: { json?: boolean; markdown?: boolean }): boolean {
  if (json === true && markdown === true) throw new UsageError('--json and --markdown exclude each other.');
  return markdown === true;
}

function parseFile(option: string, file: string | undefined): string | undefined {
  if (file === '') throw new UsageError(`${option} must name a file.`);
  return file;
}
