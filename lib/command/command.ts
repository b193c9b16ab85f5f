import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { printable, textOf, type SummaryLike } from '../recording/summary.text.js';
import { Client, Failure, type Item } from './client.js';

const HELP = `Usage: nestjs-studies <command> [options]

Commands:
  list                     all experiments
  summary <name>           what is known of an experiment
  mismatches <name>        the latest runs in which a candidate differed
  errors <name>            the latest runs in which a candidate failed
  enable <name> [percent]  run it for so many of the calls, 100 % by default
  disable <name>           run it no more
  ready <name>             whether it is safe to switch: exit code 0 if it is, 2 while collecting, 3 if not

Options:
  --url <address>   the API; NESTJS_STUDIES_URL, or http://localhost:3000/studies by default
  --json            print JSON
  --limit <n>       how many to print with list (all by default), mismatches and errors (10 by default)
  --wait <seconds>  with ready: wait so long while it is collecting
  --help, --version

The token in NESTJS_STUDIES_TOKEN is sent as "Authorization: Bearer <token>".
Exit codes: 1 when something failed, 64 when the command was not understood.
`;

const EXIT = { done: 0, failed: 1, usage: 64 };
const READINESS = { ready: 0, collecting: 2, notReady: 3 };
/** How long to wait before asking again, in ms. */
const INTERVAL = 5_000;
/** What JSON may hold as it is, and a terminal may not. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const OPTIONS = {
  url: { type: 'string' },
  json: { type: 'boolean' },
  limit: { type: 'string' },
  wait: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

class UsageError extends Error {}

interface Task {
  readonly client: Client;
  /** Empty for the commands that take none. */
  readonly name: string;
  readonly percent: number;
  readonly limit: number | undefined;
  /** In ms. */
  readonly wait: number;
  readonly print: (value: unknown, text: () => string) => void;
}

interface Command {
  /** How many arguments it needs, and takes. */
  readonly takes: readonly [number, number];
  readonly options: readonly ('limit' | 'wait')[];
  readonly run: (task: Task) => Promise<number>;
}

const COMMANDS = new Map<string, Command>([
  ['list', { takes: [0, 0], options: ['limit'], run: list }],
  ['summary', { takes: [1, 1], options: [], run: summary }],
  ['mismatches', { takes: [1, 1], options: ['limit'], run: (task) => results(task, 'mismatched') }],
  ['errors', { takes: [1, 1], options: ['limit'], run: (task) => results(task, 'errored') }],
  ['enable', { takes: [1, 2], options: [], run: (task) => change(task, task.percent) }],
  ['disable', { takes: [1, 1], options: [], run: (task) => change(task, 0) }],
  ['ready', { takes: [1, 1], options: ['wait'], run: ready }],
]);

/**
 * Runs the command `nestjs-studies`.
 *
 * @returns the exit code
 */
export async function run(
  argv: string[],
  env: Readonly<Record<string, string | undefined>>,
  out: (text: string) => void,
  err: (text: string) => void,
): Promise<number> {
  try {
    const { values, positionals } = parse(argv);
    if (values.help === true) return told(out, HELP);
    if (values.version === true) return told(out, `${version()}\n`);
    const [title, ...given] = positionals;
    const command = commandOf(title, given, values);
    return await command.run({
      client: new Client(addressOf(values.url ?? (env['NESTJS_STUDIES_URL'] || undefined)), tokenOf(env['NESTJS_STUDIES_TOKEN'])),
      name: command.takes[0] === 0 ? '' : nameOf(given[0]),
      percent: percentOf(given[1]),
      limit: values.limit === undefined ? undefined : limitOf(values.limit),
      wait: waitOf(values.wait),
      print: (value, text) => out(values.json === true ? jsonOf(value) : text()),
    });
  } catch (error) {
    err(`nestjs-studies: ${printable(error instanceof Error ? error.message : String(error))}\n`);
    if (!(error instanceof UsageError)) return EXIT.failed;
    err('Try: nestjs-studies --help\n');
    return EXIT.usage;
  }
}

async function list({ client, limit, print }: Task): Promise<number> {
  const items = await client.experiments(limit ?? Infinity);
  const width = Math.max(0, ...items.map(({ name }) => cell(name).length));
  print(items, () => {
    if (items.length === 0) return 'There are no experiments.\n';
    return items
      .map(({ name, percentEnabled, lastRunAt }) => {
        const last = typeof lastRunAt === 'string' ? `last run ${cell(lastRunAt)}` : 'never run';
        return `${cell(name).padEnd(width)}  ${cell(percentEnabled).padStart(6)} %  ${last}\n`;
      })
      .join('');
  });
  return EXIT.done;
}

async function summary({ client, name, print }: Task): Promise<number> {
  const found = await client.summary(name);
  print(found, () => readable(found));
  return EXIT.done;
}

async function results({ client, name, limit, print }: Task, outcome: string): Promise<number> {
  const items = await client.results(name, outcome, limit ?? 10);
  print(items, () => {
    if (items.length === 0) return `There are no results of "${printable(name)}" that are ${outcome}.\n`;
    return items.map((item) => resultText(item)).join('\n');
  });
  return EXIT.done;
}

async function change({ client, name, print }: Task, percentEnabled: number): Promise<number> {
  const changed = await client.change(name, { percentEnabled });
  print(
    changed,
    () => `"${printable(name)}" now runs for ${cell(changed['percentEnabled'] ?? percentEnabled)} % of its calls.\n`,
  );
  return EXIT.done;
}

async function ready({ client, name, wait, print }: Task): Promise<number> {
  const end = performance.now() + wait;
  for (;;) {
    const found = await client.summary(name);
    const state = stateOf(found);
    const left = Math.ceil(end - performance.now());
    if (state !== 'collecting' || left <= 0) {
      const candidates = found.candidates.map(({ name: candidate, readiness }) => ({ name: candidate, readiness }));
      print({ name: found.name, state, candidates }, () => readinessText(found));
      return READINESS[state];
    }
    await pause(Math.min(INTERVAL, left));
  }
}

/** An experiment is as ready as the least ready of its candidates. */
function stateOf({ candidates }: SummaryLike): keyof typeof READINESS {
  const states = new Set(candidates.map(({ readiness }) => readiness.state));
  if (states.has('notReady')) return 'notReady';
  return states.size === 0 || states.has('collecting') ? 'collecting' : 'ready';
}

function readinessText({ name, candidates }: SummaryLike): string {
  if (candidates.length === 0) return `No candidate of "${printable(name)}" has run yet.\n`;
  const titles = { ready: 'ready', collecting: 'collecting', notReady: 'not ready' };
  return candidates
    .map((candidate) => {
      const { state, reason } = candidate.readiness;
      return `${printable(candidate.name)}: ${titles[state]}${reason === '' ? '' : ` - ${printable(reason)}`}\n`;
    })
    .join('');
}

function readable(found: SummaryLike): string {
  try {
    return textOf(found);
  } catch {
    throw new Failure(
      'The summary is not one that this version of nestjs-studies understands. With --json, it is printed as it is.',
    );
  }
}

function resultText({ id, at, ranAt, candidate, outcome, content, ...rest }: Item): string {
  const lines = jsonOf(content ?? rest).replace(/^/gm, '    ');
  return `#${cell(id)}  ${cell(at ?? ranAt)}  ${cell(candidate)}  ${cell(outcome)}\n${lines.trimEnd()}\n`;
}

function cell(value: unknown): string {
  return printable(typeof value === 'string' ? value : JSON.stringify(value ?? null));
}

/** JSON that is safe to print: what could steer a terminal is written as JSON's escapes. */
function jsonOf(value: unknown): string {
  const json = JSON.stringify(value, null, 2);
  return `${json.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

function parse(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function commandOf(title: string | undefined, given: string[], values: { limit?: string; wait?: string }): Command {
  const command = COMMANDS.get(title ?? '');
  if (title === undefined) throw new UsageError('No command is given.');
  if (command === undefined) throw new UsageError(`There is no command "${title}".`);
  const [least, most] = command.takes;
  if (given.length < least) throw new UsageError(`"${title}" needs the name of an experiment.`);
  if (given.length > most) throw new UsageError(`"${title}" does not take "${String(given[most])}".`);
  for (const option of ['limit', 'wait'] as const) {
    if (values[option] !== undefined && !command.options.includes(option))
      throw new UsageError(`"${title}" does not take --${option}.`);
  }
  return command;
}

function addressOf(text = 'http://localhost:3000/studies'): URL {
  const address = URL.canParse(text) ? new URL(text) : undefined;
  if (address?.protocol !== 'http:' && address?.protocol !== 'https:')
    throw new UsageError('The address must be one such as http://localhost:3000/studies.');
  if (address.username !== '' || address.password !== '')
    throw new UsageError('The address must hold no password. Give a token with NESTJS_STUDIES_TOKEN.');
  return address;
}

/** Checked here, since fetch would name the token in its complaint. */
function tokenOf(text = ''): string | undefined {
  const token = text.trim();
  if (!/^[\x21-\x7e]*$/.test(token)) throw new UsageError('NESTJS_STUDIES_TOKEN holds characters that no header can.');
  return token === '' ? undefined : token;
}

/** A name that an address can hold: "." and ".." would lead elsewhere. */
function nameOf(name = ''): string {
  if (name === '' || name === '.' || name === '..' || !name.isWellFormed()) throw new UsageError(`"${name}" can't be a name.`);
  return name;
}

function percentOf(text = '100'): number {
  const percent = /^\d{1,3}(?:\.\d{1,2})?$/.test(text) ? Number(text) : NaN;
  if (!(percent > 0 && percent <= 100))
    throw new UsageError('The percentage must be above 0 and at most 100, with up to two decimals.');
  return percent;
}

function limitOf(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageError('--limit must be a whole number from 1 to 999999.');
  return Number(text);
}

function waitOf(text = '0'): number {
  if (!/^\d{1,9}(?:\.\d+)?$/.test(text)) throw new UsageError('--wait must be a number of seconds.');
  return Number(text) * 1_000;
}

function told(out: (text: string) => void, text: string): number {
  out(text);
  return EXIT.done;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(text) as Item)['version']);
}
