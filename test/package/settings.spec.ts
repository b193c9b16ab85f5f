import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Consumer } from './support/consumer.js';
import { REPOSITORY, Tarball } from './support/tarball.js';

const POSTGRES = process.env['STUDIES_TEST_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/test';
const MYSQL = process.env['STUDIES_TEST_MYSQL'] ?? 'mysql://root@127.0.0.1:3306/test';

/** Columns of the table in the documentation, with the databases that each is about. */
const COLUMNS = [['PostgreSQL'], ['MariaDB', 'MariaDB as mysql'], ['SQLite']];

type Tried = Record<string, Record<string, string>>;

const tarball = new Tarball(inject('tarball'));
const documented = await readTable();

let workspace: string;
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'nestjs-studies-settings-'));
});
afterAll(() => rm(workspace, { recursive: true, force: true }));

describe.each([
  { fixture: 'esm', on: 'TypeORM 1 and Nest 12' },
  { fixture: 'commonjs', on: 'TypeORM 0.3 and Nest 11' },
])('settings of data sources, with $on', ({ fixture }) => {
  it('work as docs/database.md says', { timeout: 1_800_000 }, async () => {
    const packages = ['pg@8.23.1', 'mysql2@3.24.6', '@types/pg@8.15.6'];
    const consumer = await Consumer.install(fixture, tarball, workspace, ['settings'], packages);
    expect(await consumer.compile()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    const places = [POSTGRES, MYSQL, `studies_settings_${fixture}`];
    const { printed } = await consumer.runFor<Tried>(1_200_000, 'dist/try-settings.js', ...places);
    expect(flatten(printed)).toEqual(documented);
  });
});

/** Reads what the documentation says of each setting, in the form of `flatten`. */
async function readTable(): Promise<Record<string, string[]>> {
  const text = await readFile(join(REPOSITORY, 'docs/database.md'), 'utf8');
  const [, table = ''] = /\| Setting .*\n\| -.*\n((?:\|.*\n)+)/.exec(text) ?? [];
  const rows = table.trim().split('\n');
  return Object.fromEntries(
    rows.map((row) => {
      const [name = '', ...answers] = row.split('|').slice(1, -1);
      return [name.trim().replaceAll('`', ''), answers.map((answer) => answer.trim())];
    }),
  );
}

function flatten(tried: Tried): Record<string, string[]> {
  return Object.fromEntries(Object.entries(tried).map(([name, answers]) => [name, COLUMNS.map((of) => summarise(answers, of))]));
}

/** Gives the answer of the databases of a column; all answers, if they differ. */
function summarise(answers: Readonly<Record<string, string>>, of: readonly string[]): string {
  const given = of.flatMap((database) => answers[database] ?? []);
  return given.length === 0 ? '–' : [...new Set(given)].join(' / ');
}
