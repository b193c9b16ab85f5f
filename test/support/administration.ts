import { VersioningType, type INestApplication } from '@nestjs/common';
import { PLATFORMS, type Answer, type AppBuilder, type Platform, type RunningApp } from './app.js';

/** How an application has its addresses: what comes before those of the administration, and before its own. */
export interface Placement {
  readonly title: string;
  readonly platform: Platform;
  readonly administration: string;
  readonly routes: string;
  configure(nest: INestApplication): unknown;
}

/** The ways in which applications are set up that must make no difference. */
export const PLACEMENTS: readonly Placement[] = PLATFORMS.flatMap((platform) => [
  { title: platform, platform, administration: '/studies', routes: '', configure: () => undefined },
  {
    title: `${platform} with a global prefix`,
    platform,
    administration: '/api/studies',
    routes: '/api',
    configure: (nest: INestApplication) => nest.setGlobalPrefix('api'),
  },
  {
    title: `${platform} with versions in addresses`,
    platform,
    administration: '/studies',
    routes: '/v1',
    configure: (nest: INestApplication) => nest.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
  },
]);

/** An experiment as the API gives it. */
export interface Resource {
  readonly name: string;
  readonly percentEnabled: number;
  readonly enabled: boolean;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  readonly subjects: readonly string[];
  readonly targetRate: number;
  readonly confidence: number;
  readonly minSpan: number;
  readonly guardrails: Readonly<Record<string, number | null>>;
  readonly haltedAt: string | null;
  readonly haltReason: string | null;
  readonly ignorePaths: readonly string[];
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly firstRunAt: string | null;
  readonly lastRunAt: string | null;
  readonly seenAt: string | null;
}

export interface Page {
  readonly items: readonly Resource[];
  readonly nextCursor: string | null;
}

/** The administration of an application, as an operator's program uses it. */
export class Administration {
  constructor(
    readonly app: RunningApp,
    private readonly base = '/studies',
  ) {}

  document(): Promise<Answer> {
    return this.app.get(`${this.base}/openapi.json`);
  }

  list(query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.app.get(`${this.base}/experiments?${new URLSearchParams(query).toString()}`);
  }

  /** The names on one page. */
  async names(query: Readonly<Record<string, string>> = {}): Promise<string[]> {
    return (await this.page(query)).items.map(({ name }) => name);
  }

  async page(query: Readonly<Record<string, string>> = {}): Promise<Page> {
    const { status, body } = await this.list(query);
    if (status !== 200) throw new Error(`The list was answered with ${status}: ${JSON.stringify(body)}`);
    return body as Page; // so it is documented
  }

  read(name: string): Promise<Answer> {
    return this.app.get(this.addressOf(name));
  }

  /** The experiment itself. */
  async resource(name: string): Promise<Resource> {
    const { status, body } = await this.read(name);
    if (status !== 200) throw new Error(`"${name}" was answered with ${status}: ${JSON.stringify(body)}`);
    return body as Resource; // so it is documented
  }

  change(name: string, change: unknown, ifMatch?: string): Promise<Answer> {
    return this.app.send('PATCH', this.addressOf(name), change, ifMatch === undefined ? {} : { 'if-match': ifMatch });
  }

  remove(name: string, ifMatch?: string): Promise<Answer> {
    return this.app.request('DELETE', this.addressOf(name), ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } });
  }

  /** @param accept what the request prefers, if it says so */
  summary(name: string, accept?: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.app.get(
      `${this.addressOf(name)}/summary?${new URLSearchParams(query).toString()}`,
      accept === undefined ? {} : { accept },
    );
  }

  results(name: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.app.get(`${this.addressOf(name)}/results?${new URLSearchParams(query).toString()}`);
  }

  result(name: string, id: string | number): Promise<Answer> {
    return this.app.get(`${this.addressOf(name)}/results/${encodeURIComponent(id)}`);
  }

  purge(name: string): Promise<Answer> {
    return this.app.request('DELETE', `${this.addressOf(name)}/results`);
  }

  purging(name: string): Promise<Answer> {
    return this.app.get(`${this.addressOf(name)}/purging`);
  }

  /** @param names each as a parameter of its own */
  figures(...names: string[]): Promise<Answer> {
    return this.app.get(
      `${this.base}/figures?${new URLSearchParams(names.map((name): [string, string] => ['name', name])).toString()}`,
    );
  }

  timeline(name: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.app.get(`${this.addressOf(name)}/timeline?${new URLSearchParams(query).toString()}`);
  }

  durations(name: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.app.get(`${this.addressOf(name)}/durations?${new URLSearchParams(query).toString()}`);
  }

  epochs(name: string): Promise<Answer> {
    return this.app.get(`${this.addressOf(name)}/epochs`);
  }

  history(name: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.app.get(`${this.addressOf(name)}/history?${new URLSearchParams(query).toString()}`);
  }

  addressOf(name: string): string {
    return `${this.base}/experiments/${encodeURIComponent(name)}`;
  }

  /** Where it is served, for programs of operators. */
  get url(): string {
    return `${this.app.url}${this.base}`;
  }
}

/** Starts an application in one of the placements, with its administration. */
export async function administered(builder: AppBuilder, placement: Placement): Promise<Administration> {
  const app = await builder.configure((nest) => placement.configure(nest)).start();
  return new Administration(app, placement.administration);
}

/** Has experiments stored as if they had run, in the given order. */
export async function store(app: RunningApp, experiments: readonly (Partial<Resource> & { name: string })[]): Promise<void> {
  const now = Date.now();
  const time = (text: string | null | undefined) => (text == null ? null : Date.parse(text));
  for (const experiment of experiments) {
    await app
      .dataSource()
      .query(
        'INSERT INTO studies_experiment (name, percent_enabled, starts_at, ends_at, subjects, target_rate, confidence, min_span, ' +
          'ignore_paths, purges, version, created_at, updated_at, first_run_at, last_run_at, seen_at) ' +
          'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)',
        [
          experiment.name,
          experiment.percentEnabled ?? 0,
          time(experiment.startsAt),
          time(experiment.endsAt),
          JSON.stringify(experiment.subjects ?? []),
          experiment.targetRate ?? 0.001,
          experiment.confidence ?? 0.95,
          experiment.minSpan ?? 24,
          JSON.stringify(experiment.ignorePaths ?? []),
          experiment.version ?? 1,
          time(experiment.createdAt) ?? now,
          time(experiment.updatedAt) ?? now,
          time(experiment.firstRunAt),
          time(experiment.lastRunAt),
          time(experiment.seenAt),
        ],
      );
  }
}
