import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findServers } from './servers.js';
import { Shop } from './shop.js';
import { STACKS, type Stack } from './stack.js';
import { EXPERIMENTS, type Application, type Experiments, type Transcript } from './transcript.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** What each application has given. */
    applications: readonly Application[];
    /** Whether all servers were there. */
    whole: boolean;
  }
}

/** Plays every application without experiments, at 0 % and at 100 %, before the tests look at what came back. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const workspace = await mkdtemp(join(tmpdir(), 'nestjs-studies-applications-'));
  const remove = () => rm(workspace, { recursive: true, force: true });
  try {
    const servers = await findServers();
    const stacks = STACKS.filter(({ database }) => servers[database] !== undefined);
    // At the same time, since each waits most of the time: for servers, and for candidates to settle.
    const applications = await Promise.all(
      stacks.map(async (stack): Promise<Application> => ({ name: stack.name, transcripts: await playAll(stack) })),
    );
    project.provide('applications', applications);
    project.provide('whole', Object.keys(servers).length === 6);

    async function playAll(stack: Stack): Promise<Record<Experiments, Transcript>> {
      const shop = await Shop.install(stack, project.getProvidedContext().tarball, workspace);
      const played: [Experiments, Transcript][] = [];
      for (const experiments of EXPERIMENTS) played.push([experiments, await shop.play(experiments, servers)]);
      return Object.fromEntries(played) as Record<Experiments, Transcript>; // one of each
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return remove;
}
