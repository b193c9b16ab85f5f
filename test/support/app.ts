import {
  Module,
  type DynamicModule,
  type INestApplication,
  type ModuleMetadata,
  type NestApplicationOptions,
  type Provider,
  type Type,
} from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { afterEach } from 'vitest';
import { PageFiles } from '../../lib/admin/page/page-files.js';
import { ExperimentService, STUDIES_MIGRATIONS, StudiesModule, type StudiesModuleOptions } from '../../lib/index.js';
import { RecordingPublisher, StudiesTestingModule, type StudiesTestingOptions } from '../../lib/testing/index.js';

export const PLATFORMS = ['express', 'fastify'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** What the library reported to `onError`. */
export interface Failure {
  readonly operation: string;
  readonly error: unknown;
  readonly experiment: string | undefined;
}

/** What a request was answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body: JSON as a value, anything else as text. */
  readonly body: unknown;
}

/** How a data source differs from the one that tests have by default. */
export interface SqliteOptions {
  readonly name?: string;
  readonly database?: string;
  readonly autoLoadEntities?: boolean;
  readonly entities?: Type<unknown>[];
  readonly migrationsRun?: boolean;
  readonly entityPrefix?: string;
}

/** A process that runs tests is busy all the time. */
const ANY_LOAD = { maxEventLoopUtilization: 1, maxEventLoopDelay: 3_600_000 };

type Imported = NonNullable<ModuleMetadata['imports']>[number];

/** Applications to be closed after the test that started them. */
const running = new Set<INestApplication>();

afterEach(async () => {
  const started = [...running];
  running.clear();
  await Promise.all(started.map((nest) => nest.close()));
});

/** Begins an application: on a port of its own, with SQLite in memory and `StudiesModule`, unless it is told otherwise. */
export function anApp(platform: Platform = 'express'): AppBuilder {
  return new AppBuilder(platform);
}

/** TypeORM with SQLite, as an application of the library has it. */
export function sqlite(options: SqliteOptions = {}): DynamicModule {
  return TypeOrmModule.forRoot({
    type: 'better-sqlite3',
    database: ':memory:',
    autoLoadEntities: true,
    migrations: [...STUDIES_MIGRATIONS],
    migrationsRun: true,
    ...options,
  });
}

@Module({})
class TestedModule {}

export class AppBuilder {
  private readonly results = new RecordingPublisher();
  private readonly failures: Failure[] = [];
  private readonly imported: Imported[] = [];
  private readonly controlling: Type<unknown>[] = [];
  private readonly provided: Provider[] = [];
  private readonly configuring: ((nest: INestApplication) => unknown)[] = [];
  private database: () => Imported[] = () => [sqlite()];
  private listening = 0;
  private studying: () => Imported[];

  private adapting: () => AbstractHttpAdapter;

  constructor(platform: Platform) {
    this.adapting = () => adapterOf(platform);
    this.studying = () => [StudiesModule.forRoot(this.observed({}))];
  }

  imports(...modules: Imported[]): this {
    this.imported.push(...modules);
    return this;
  }

  controllers(...controllers: Type<unknown>[]): this {
    this.controlling.push(...controllers);
    return this;
  }

  providers(...providers: Provider[]): this {
    this.provided.push(...providers);
    return this;
  }

  /** Options of `StudiesModule`. Its publisher and its `onError` keep what they get for the test, unless others are given. */
  studies(options: StudiesModuleOptions): this {
    this.studying = () => [StudiesModule.forRoot(this.observed(options))];
    return this;
  }

  /** `StudiesModule` as the test makes it. */
  studiesModule(make: () => DynamicModule): this {
    this.studying = () => [make()];
    return this;
  }

  /** `StudiesTestingModule` in place of `StudiesModule`, and no database. */
  testing(options: StudiesTestingOptions = {}): this {
    this.database = () => [];
    this.studying = () => [StudiesTestingModule.forRoot(this.observed(options))];
    return this;
  }

  /** Where the page of the administration is, in place of where it is built. */
  page(folder: URL): this {
    const { studying } = this;
    const provider = { provide: PageFiles, useValue: new PageFiles(folder) };
    // Of two providers of one token, the later one counts.
    this.studying = () =>
      (studying() as DynamicModule[]).map((module) => ({ ...module, providers: [...(module.providers ?? []), provider] }));
    return this;
  }

  /** Neither `StudiesModule` nor a database. */
  withoutStudies(): this {
    this.database = () => [];
    this.studying = () => [];
    return this;
  }

  /** The modules that give data sources, in place of SQLite in memory. */
  databases(...modules: Imported[]): this {
    this.database = () => modules;
    return this;
  }

  /** The platform with options of its own. */
  adapter(adapter: AbstractHttpAdapter): this {
    this.adapting = () => adapter;
    return this;
  }

  /** What to do with the application before it is initialised, such as `setGlobalPrefix`. */
  configure(configure: (nest: INestApplication) => unknown): this {
    this.configuring.push(configure);
    return this;
  }

  /** The port on which it listens, in place of one that is free. */
  port(port: number): this {
    this.listening = port;
    return this;
  }

  /** Starts it, and has it closed after the test. Rejects with what stops the start. */
  async start(): Promise<RunningApp> {
    const options: NestApplicationOptions = { abortOnError: false };
    const nest = await NestFactory.create(
      {
        module: TestedModule,
        imports: [...this.database(), ...this.studying(), ...this.imported],
        controllers: this.controlling,
        providers: this.provided,
      },
      this.adapting(),
      options,
    );
    running.add(nest);
    for (const configure of this.configuring) await configure(nest);
    await nest.listen(this.listening, '127.0.0.1');
    return new RunningApp(nest, await nest.getUrl(), this.results, this.failures);
  }

  private observed<Options extends { publisher?: unknown; onError?: unknown }>(options: Options): Options {
    const onError = (operation: string, error: unknown, experiment: string | undefined) =>
      this.failures.push({ operation, error, experiment });
    return { ...ANY_LOAD, publisher: this.results, onError, ...options };
  }
}

/** An application that answers HTTP. */
export class RunningApp {
  constructor(
    readonly nest: INestApplication,
    readonly url: string,
    /** What was published. */
    readonly results: RecordingPublisher,
    /** What was reported to `onError`. */
    readonly failures: readonly Failure[],
  ) {}

  get experiments(): ExperimentService {
    return this.nest.get(ExperimentService);
  }

  /** A provider or a controller of any module. */
  provider<Provided>(token: Type<Provided> | (abstract new (...args: never[]) => Provided) | string | symbol): Provided {
    return this.nest.get<unknown, Provided>(token, { strict: false });
  }

  dataSource(name?: string): DataSource {
    return this.nest.get<unknown, DataSource>(getDataSourceToken(name), { strict: false });
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.request('GET', path, { headers });
  }

  /** Sends JSON. */
  send(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.request(method, path, {
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  async request(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, { method, ...init });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? (JSON.parse(text) as unknown) : text,
    };
  }

  /** Resolves once everything in flight has settled and is written. */
  whenIdle(): Promise<void> {
    return this.experiments.whenIdle();
  }

  async close(): Promise<void> {
    running.delete(this.nest);
    await this.nest.close();
  }
}

function adapterOf(platform: Platform): AbstractHttpAdapter {
  return platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
}
