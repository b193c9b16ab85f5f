/* eslint-disable @typescript-eslint/no-extraneous-class -- what is in them is the reader's */
/** What the snippets of the README and of docs/ take for granted: their reader's own classes and functions. */
import type { AsyncLocalStorage } from 'node:async_hooks';
import type { CanActivate } from '@nestjs/common';

declare global {
  interface Lead {
    id: number;
    score: number;
  }
  interface Invoice {
    template: string;
  }
  interface User {
    id: string;
  }
  interface Rate {
    to: string;
    rate: number;
  }
  class Leads {
    search(q: string): Promise<Lead[]>;
  }
  class SpiffyLeads {
    search(q: string): Promise<Lead[]>;
  }
  class AppModule {}
  class SearchController {}
  interface City {
    id: number;
    name: string;
  }
  class CityScan {
    search(q: string): City[];
  }
  class CityIndex {
    search(q: string): City[];
  }
  class DataLoader {
    constructor(load: (keys: readonly string[]) => Promise<User[]>);
  }
  class Search {
    search(q: string): Lead[];
  }
  class AdminGuard implements CanActivate {
    canActivate(): boolean;
  }
  class MailerService {
    send(to: string): Promise<void>;
  }
  const CACHE_MANAGER: string;
  function getQueueToken(name: string): string;
  class AuthModule {}
  class ConfigModule {}
  class ConfigService {
    number(key: string): number;
    string(key: string): string;
  }
  class Statsd {
    increment(key: string): void;
    timing(key: string, ms: number): void;
  }
  class StatsdModule {}
  const pager: { page(message: string): void };
  const index: SpiffyLeads;
  const loaders: AsyncLocalStorage<{ users: DataLoader }>;
  function loadUsers(keys: readonly string[]): Promise<User[]>;
  function oldSearch(q: string, user?: User): Lead[];
  function newSearch(q: string, user?: User): Lead[];
  function renderOld(invoice: Invoice): string;
  function renderNew(invoice: Invoice): string;
  function oldRates(): Promise<Rate[]>;
  function newRates(): Promise<Rate[]>;
  function oldRate(to: string): number;
  function newRate(to: string): number;
  function inTransaction(): boolean;
  class PrismaPg {
    constructor(options: { connectionString: string | undefined; max: number });
  }
  class PrismaService {
    constructor(options: { adapter: PrismaPg });
    readonly book: { findMany(query: object): Promise<Book[]> };
  }
  interface Book {
    id: number;
    title: string;
  }
  class CandidatePrisma extends PrismaService {}
  function test(name: string, run: () => Promise<void>): void;
  function expect(value: unknown): { toBe(expected: unknown): void };
}
