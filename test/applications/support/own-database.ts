import { DataSource } from 'typeorm';
import type { Server, Servers } from './servers.js';

/** A kind of database that applications run on. */
export type DatabaseType = Extract<Server, 'postgres' | 'mysql'>;

const NAME = 'studies_applications';

/**
 * Makes an empty database for one run.
 *
 * @returns its address
 */
export async function makeDatabase(type: DatabaseType, servers: Servers): Promise<string> {
  await removeDatabase(type, servers);
  await administer(type, servers, `CREATE DATABASE ${NAME}`);
  const url = new URL(servers[type] ?? '');
  url.pathname = NAME;
  return url.href;
}

/** Removes that database, whoever is still connected to it. */
export function removeDatabase(type: DatabaseType, servers: Servers): Promise<void> {
  return administer(type, servers, `DROP DATABASE IF EXISTS ${NAME}${type === 'postgres' ? ' WITH (FORCE)' : ''}`);
}

async function administer(type: DatabaseType, servers: Servers, statement: string): Promise<void> {
  const source = await new DataSource({ type, url: servers[type] ?? '' }).initialize();
  try {
    await source.query(statement);
  } finally {
    await source.destroy();
  }
}
