import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the package exports, by the import that gives it. */
const ENTRY_POINTS: Readonly<Record<string, string>> = {
  'nestjs-studies': `${root}lib/index.ts`,
  'nestjs-studies/testing': `${root}lib/testing/index.ts`,
  'nestjs-studies/cls': `${root}lib/isolation/cls/index.ts`,
  'nestjs-studies/typeorm-transactional': `${root}lib/isolation/typeorm-transactional/index.ts`,
};

/** Packages whose names stand beside ours in the imports of an application. */
const NEIGHBOURS = ['@nestjs/common', '@nestjs/core', '@nestjs/typeorm', '@nestjs/graphql', '@nestjs/microservices', 'typeorm'];

/** The exports of @nestjs/schedule, which the tests don't install. */
const SCHEDULE = ['Cron', 'CronExpression', 'CronOptions', 'Interval', 'ScheduleModule', 'SchedulerRegistry', 'Timeout'];

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path)).config,
  ts.sys,
  root,
);
const library = readdirSync(`${root}lib`, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `${root}lib/${file}`);
const neighbours = NEIGHBOURS.map((name) => {
  const file = ts.resolveModuleName(name, `${root}lib/index.ts`, options, ts.sys, undefined, undefined, ts.ModuleKind.ESNext);
  return { name, file: file.resolvedModule?.resolvedFileName ?? '' };
});
const program = ts.createProgram([...library, ...neighbours.map(({ file }) => file)], options);
const checker = program.getTypeChecker();

/** The exports of a file by name, wherever they are declared. */
function exportsOf(path: string): Map<string, ts.Symbol> {
  const file = program.getSourceFile(path);
  const symbol = file && checker.getSymbolAtLocation(file);
  const found = symbol === undefined ? [] : checker.getExportsOfModule(symbol);
  return new Map(found.map((one) => [one.name, one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one] as const));
}

function isPublic(symbol: ts.Symbol): boolean {
  return symbol.getJsDocTags(checker).some(({ name }) => name === 'publicApi');
}

const entryPoints = Object.entries(ENTRY_POINTS).map(([name, file]) => ({ name, exports: exportsOf(file) }));

describe('what is public', () => {
  it.each(entryPoints)('has a tag that says so, in $name', ({ exports }) => {
    expect(exports.size).toBeGreaterThan(0);
    expect([...exports].filter(([, symbol]) => !isPublic(symbol)).map(([name]) => name)).toEqual([]);
  });

  it('is exported: nothing else in lib/ has the tag', () => {
    const exported = new Set(entryPoints.flatMap(({ exports }) => [...exports.values()]));
    const all = library.flatMap((file) => [...exportsOf(file)].map(([name, symbol]) => ({ file, name, symbol })));
    expect(all.length).toBeGreaterThan(500);
    const hidden = all.filter(({ symbol }) => isPublic(symbol) && !exported.has(symbol));
    expect(hidden.map(({ file, name }) => `${file.slice(root.length)} ${name}`)).toEqual([]);
  });

  it('has the same name for the same thing wherever it is exported', () => {
    const names = entryPoints.flatMap(({ exports }) => [...exports]);
    const different = names.filter(([name, symbol]) => names.some(([other, its]) => other === name && its !== symbol));
    expect(different).toEqual([]);
  });

  it.each([
    ...neighbours.map(({ name, file }) => ({ name, theirs: [...exportsOf(file).keys()] })),
    { name: '@nestjs/schedule', theirs: SCHEDULE },
  ])('has no name that $name exports too', ({ theirs }) => {
    expect(theirs.length).toBeGreaterThan(5);
    const ours = new Set(entryPoints.flatMap(({ exports }) => [...exports.keys()]));
    expect(theirs.filter((name) => ours.has(name))).toEqual([]);
  });
});
