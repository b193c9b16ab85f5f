import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { Tarball, type PackedTarball } from './tarball.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The package, packed once for all files of tests. */
    tarball: PackedTarball;
  }
}

/** Packs the repository before all tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const workspace = await mkdtemp(join(tmpdir(), 'nestjs-studies-tarball-'));
  project.provide('tarball', await Tarball.pack(workspace));
  return () => rm(workspace, { recursive: true, force: true });
}
