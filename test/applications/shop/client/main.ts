import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settings } from '../src/settings';
import { Database } from './database';
import { readExperiments } from './experiments';
import type { Integration, Played } from './integration';
import { integrations } from './integrations';

/** Uses the application in every way, and writes what came back to the file that the first argument names. */
async function main(): Promise<void> {
  const played: Played[] = [];
  for (const integration of integrations) played.push(await play(integration));
  const database = await Database.open();
  const rows = await database.rows();
  await database.close();
  const experiments = await readExperiments();
  writeFileSync(process.argv[2] ?? '', JSON.stringify({ played, rows, experiments }));
  process.exit(0); // clients of brokers keep connections open
}

async function play({ play, packages, needs, ...integration }: Integration): Promise<Played> {
  const known = { ...integration, packages: packages.map((name) => `${name} ${versionOf(name)}`) };
  if (needs !== undefined && settings[needs] === undefined) return { ...known, leftOut: needs, steps: [] };
  const steps: { step: string; value: unknown }[] = [];
  try {
    await play((step, value) => steps.push({ step, value }), settings);
  } catch (error) {
    return { ...known, steps, failed: String(error) };
  }
  return { ...known, steps };
}

function versionOf(name: string): string {
  const manifest = readFileSync(join('node_modules', name, 'package.json'), 'utf8'); // started in the project
  return (JSON.parse(manifest) as { version: string }).version;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
