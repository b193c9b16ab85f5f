import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The path of a database that several applications of a test share, and that is gone after it. */
export async function databaseFile(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'nestjs-studies-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'test.sqlite');
}
