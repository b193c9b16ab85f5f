import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { NestProject, type NestTemplate } from './support/nest-project.js';
import { NodeVersion } from './support/node-version.js';
import { OwnDatabase } from './support/own-database.js';
import { Tarball } from './support/tarball.js';

const NODES = [20, 22, 24];

/** Templates, and the versions of Node on which their own tests run. Jest can't load Nest 12, which is ESM, before Node 24.9. */
const TEMPLATES: readonly (NestTemplate & { readonly tested: readonly number[] })[] = [
  { major: 11, type: 'cjs', tested: NODES },
  { major: 12, type: 'cjs', tested: [24] },
  { major: 12, type: 'esm', tested: NODES },
];

const tarball = new Tarball(inject('tarball'));
let workspace: string;
const nodes = new Map<number, NodeVersion>();

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'nestjs-studies-nest-new-'));
  for (const major of NODES) nodes.set(major, await NodeVersion.find(major));
});

afterAll(() => rm(workspace, { recursive: true, force: true }));

function nodeOf(major: number): NodeVersion {
  const node = nodes.get(major);
  if (node === undefined) throw new Error(`Node ${major} was not looked for.`);
  return node;
}

describe.each(TEMPLATES)('a new project of Nest $major, $type, without a line of configuration', ({ tested, ...template }) => {
  let database: OwnDatabase;
  let project: NestProject;

  beforeAll(async () => {
    database = await OwnDatabase.create(`studies_nest_${template.major}_${template.type}`);
    project = await NestProject.make(template, tarball, workspace, nodeOf(24), database.url);
    await project.decorate();
    await project.runScript('build', nodeOf(24));
  });

  afterAll(() => database.drop());

  it.each(NODES)('answers with the control, and counts what the candidate gives, on Node %i', async (major) => {
    expect(await project.try(nodeOf(major))).toEqual({ off: 'Hello World!', on: 'Hello World!', mismatched: 1 });
  });

  it.each(tested)('passes its generated specs, and one of its own, on Node %i', async (major) => {
    expect(await project.runScript('test', nodeOf(major))).toMatch(/Tests:? .*\b2 passed/);
  });

  it.each(tested)('passes its generated e2e test on Node %i', async (major) => {
    expect(await project.runScript('test:e2e', nodeOf(major))).toMatch(/Tests:? .*\b1 passed/);
  });
});
