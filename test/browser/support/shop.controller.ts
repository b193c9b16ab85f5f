import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Get, Query } from '@nestjs/common';
import { Experiment } from '../../../lib/index.js';

/** How a call of the catalogue is to end. */
export type Course = 'same' | 'price' | 'order' | 'more' | 'ignored' | 'error' | 'late' | 'large' | 'huge';

interface Article {
  readonly id: number;
  readonly name: string;
  readonly price: number;
  readonly tags: readonly string[];
}

interface Catalogue {
  readonly currency: string;
  readonly articles: readonly Article[];
  readonly total?: number;
  readonly discount?: number;
  readonly lines?: readonly string[];
}

const ARTICLES: readonly Article[] = [
  { id: 1, name: 'Lamp', price: 40, tags: ['home', 'light'] },
  { id: 2, name: 'Desk', price: 220, tags: ['home', 'office', 'wood'] },
];

const LINES = Array.from({ length: 100 }, (_, index) => `line ${index} of a long report`);

/** A shop whose experiments end in every way. */
@Controller()
export class ShopController {
  /** How often each experiment has run its candidates. */
  readonly ran = { catalogue: 0, checkout: 0 };
  private now = 0;

  @Get('catalogue')
  @Experiment({
    name: 'catalogue',
    candidate: 'rewritten',
    percentEnabled: 100,
    timeout: 60,
    context: (course: string) => ({ course, page: 1 }),
    ignore: (control, candidate) => control?.total !== undefined && candidate?.total !== undefined,
  })
  async catalogue(@Query('course') course: string): Promise<Catalogue> {
    await pause(4);
    const catalogue = { currency: 'EUR', articles: ARTICLES };
    if (course === 'ignored') return { ...catalogue, total: 260 };
    if (course === 'large') return { ...catalogue, lines: LINES };
    if (course === 'huge') return { ...catalogue, lines: LINES.map((line) => line.repeat(40)) };
    return catalogue;
  }

  async rewritten(course: string): Promise<Catalogue> {
    this.ran.catalogue += 1;
    const catalogue = await this.catalogued(course);
    const [lamp, ...others] = ARTICLES;
    if (lamp === undefined) return catalogue;
    switch (course as Course) {
      case 'price':
        return { ...catalogue, articles: [{ ...lamp, price: 39.9 }, ...others] };
      case 'order':
        return { ...catalogue, articles: [{ ...lamp, tags: ['light', 'home'] }, ...others] };
      case 'more':
        return { ...catalogue, discount: 10 };
      case 'ignored':
        return { ...catalogue, total: 261 };
      case 'error':
        throw Object.assign(new TypeError('There is no such article.'), { article: 7 });
      case 'late':
        return new Promise(() => undefined);
      case 'large':
      case 'huge':
        return { ...catalogue, lines: catalogue.lines?.with(60, 'another line') ?? [] };
      default: // what else is asked is the same
        return catalogue;
    }
  }

  @Get('prices')
  @Experiment({ name: 'prices', candidates: { cached: 'pricesCached', exact: 'pricesExact' }, percentEnabled: 100 })
  prices(): number[] {
    return [40, 220];
  }

  pricesCached(): number[] {
    return [40, 220];
  }

  pricesExact(): number[] {
    return [39.99, 220];
  }

  /** Differs from itself each time. */
  @Get('quotes')
  @Experiment({ name: 'quotes', candidate: 'quotesAgain', percentEnabled: 100, noise: 100 })
  quotes(): { rate: number; at: number } {
    return { rate: 7, at: (this.now += 1) };
  }

  quotesAgain(): { rate: number; at: number } {
    return { rate: 7, at: (this.now += 1) };
  }

  @Get('checkout')
  @Experiment({ name: 'checkout', candidate: 'checkoutAnew', subject: (user: string) => user })
  checkout(@Query('user') user: string): string {
    return `Thank you, ${user}`;
  }

  checkoutAnew(user: string): string {
    this.ran.checkout += 1;
    return `Thank you, ${user}`;
  }

  @Get('fragile')
  @Experiment({ name: 'fragile', candidate: 'broken', percentEnabled: 100 })
  fragile(): string {
    return 'fine';
  }

  broken(): string {
    throw new Error('It fell down.');
  }

  private async catalogued(course: string): Promise<Catalogue> {
    if (course === 'ignored') return { currency: 'EUR', articles: ARTICLES, total: 260 };
    if (course === 'large') return { currency: 'EUR', articles: ARTICLES, lines: LINES };
    if (course === 'huge') return { currency: 'EUR', articles: ARTICLES, lines: LINES.map((line) => line.repeat(40)) };
    return { currency: 'EUR', articles: ARTICLES };
  }
}
