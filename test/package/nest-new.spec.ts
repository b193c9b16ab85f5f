import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { NestProject, type NestTemplate } from './support/nest-project.js';
import { NodeVersion } from './support/node-version.js';
import { OwnDatabase } from './support/own-database.js';
import { Tarball } from './support/tarball.js';

const NODES = [20, 22, 24];

/** A template, and how experiments are put into it. */
interface Template extends NestTemplate {
  /** Versions of Node on which its own tests run. */
  readonly tested: readonly number[];
  readonly by: 'command' | 'schematic';
  /** False for an application without TypeORM. The library then has a database of its own. */
  readonly hasDataSource: boolean;
}

/** Templates, and the versions of Node on which their own tests run. Jest can't load Nest 12, which is ESM, before Node 24.9. */
const TEMPLATES: readonly Template[] = [
  { major: 11, type: 'cjs', tested: NODES, by: 'schematic', hasDataSource: true },
  { major: 12, type: 'cjs', tested: [24], by: 'command', hasDataSource: false },
  { major: 12, type: 'esm', tested: NODES, by: 'schematic', hasDataSource: true },
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

describe.each(TEMPLATES)(
  'a new project of Nest $major, $type, into which the $by puts experiments',
  ({ tested, by, hasDataSource, ...template }) => {
    let database: OwnDatabase;
    let project: NestProject;
    let told: string;
    let initialized: string;
    let summary: string;

    beforeAll(async () => {
      database = await OwnDatabase.create(`studies_nest_${template.major}_${template.type}`);
      project = await NestProject.make(template, tarball, workspace, nodeOf(24), database.url);
      if (hasDataSource) await project.addDataSource();
      const begun = performance.now();
      told = await project.init(by, nodeOf(24), ...(hasDataSource ? [] : ['--database', 'postgres']));
      initialized = await project.read('src/app.controller.ts');
      await project.changeCandidate();
      await project.runScript('build', nodeOf(24));
      summary = await project.summarize(nodeOf(24), 'app-get-hello');
      const seconds = (project.generatedIn + performance.now() - begun) / 1_000;
      console.info(
        `Nest ${template.major}, ${template.type}: from nest new to the first summary ${seconds.toFixed(0)} s; one line by hand`,
      );
      await project.addTrials();
      await project.runScript('build', nodeOf(24));
    });

    afterAll(() => database.drop());

    it('decorates the first method, tells what it did, and does nothing the second time', async () => {
      expect(told).toContain('AppController.getHello is the experiment "app-get-hello".');
      expect(initialized).toContain("  @Get()\n  @Experiment({ name: 'app-get-hello', candidate: 'getHelloV2' })\n  getHello()");
      const before = await project.read('src/app.module.ts');
      expect(await project.init(by, nodeOf(24))).toContain('The application imports StudiesModule already.');
      expect(await project.read('src/app.module.ts')).toBe(before);
    });

    it('gives a summary to who knows the token', () => {
      expect(summary).toMatch(/^Experiment app-get-hello\n[^]*\n +runs +1\n[^]*mismatched +1 +100 %/);
    });

    it.each(NODES)('answers with the control, and counts what the candidate gives, on Node %i', async (major) => {
      expect(await project.try(nodeOf(major))).toEqual({ off: 'Hello World!', on: 'Hello World!', mismatched: 1 });
    });

    it.each(tested)('passes its generated specs, and one of its own, on Node %i', async (major) => {
      expect(await project.runScript('test', nodeOf(major))).toMatch(/Tests:? .*\b2 passed/);
    });

    it.each(tested)('passes its generated e2e test on Node %i', async (major) => {
      expect(await project.runScript('test:e2e', nodeOf(major))).toMatch(/Tests:? .*\b1 passed/);
    });
  },
);
