import type { StudiesModuleOptions } from '../../../lib/index.js';
import { Administration } from '../../support/administration.js';
import { anApp, sqlite, type AppBuilder, type RunningApp } from '../../support/app.js';
import { ShopController, type Course } from './shop.controller.js';

/** Where a shop keeps its experiments, and how it is set up. */
export interface ShopOptions {
  readonly database?: string;
  readonly studies?: StudiesModuleOptions;
  readonly configure?: (builder: AppBuilder) => AppBuilder;
}

/** A shop that is open, and its administration. */
export class Shop {
  readonly administration: Administration;

  constructor(readonly app: RunningApp) {
    this.administration = new Administration(app);
  }

  /** Where the page is. */
  get address(): string {
    return this.administration.url;
  }

  get ran(): ShopController['ran'] {
    return this.app.provider(ShopController).ran;
  }

  /** Calls the catalogue, so that it ends as said, and waits for what runs beside. */
  async browse(course: Course, times = 1): Promise<void> {
    await this.call(`/catalogue?course=${course}`, times);
  }

  /** Calls a route, and waits for what runs beside. */
  async call(path: string, times = 1): Promise<void> {
    for (let call = 0; call < times; call += 1) {
      const { status } = await this.app.get(path);
      if (status !== 200) throw new Error(`${path} was answered with ${status}.`);
    }
    await this.app.whenIdle();
  }

  /** The catalogue called so that there is something of everything. */
  async everyday(): Promise<void> {
    await this.browse('same', 12);
    await this.browse('price', 3);
    await this.browse('order', 2);
    for (const course of ['more', 'ignored', 'error', 'late', 'large', 'huge'] as const) await this.browse(course);
  }
}

/** Opens a shop, which closes after the test. */
export async function aShop({
  database = ':memory:',
  studies = {},
  configure = (builder) => builder,
}: ShopOptions = {}): Promise<Shop> {
  const builder = anApp()
    .databases(sqlite({ database }))
    .studies({ admin: { public: true, actor: actorOf }, ...studies })
    .controllers(ShopController);
  return new Shop(await configure(builder).start());
}

/** Who makes a request: as the header says that a sign-in would have set. */
function actorOf(request: unknown): string | undefined {
  return (request as { headers: Record<string, string | undefined> }).headers['x-user']; // of Express
}
