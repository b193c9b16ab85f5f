import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const globals = join(here, 'readme.globals.d.ts');

/** Users' compilers are strict, but seldom stricter. */
const AS_USERS_HAVE_IT = { noUnusedLocals: false, exactOptionalPropertyTypes: false };

/** The TypeScript of the README, each with the line at which it begins. */
function snippets(): { file: string; text: string }[] {
  const lines = readFileSync(join(root, 'README.md'), 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    if (line !== '```ts') return [];
    const end = lines.indexOf('```', index);
    return [{ file: join(here, `readme-line-${index + 1}.ts`), text: lines.slice(index + 1, end).join('\n') }];
  });
}

function errorsOf(all: readonly { file: string; text: string }[]): string[] {
  const texts = new Map(all.map(({ file, text }) => [file, text]));
  const { config } = ts.readConfigFile(join(here, '../tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [globals] }, ts.sys, join(root, 'test'));
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.getSourceFile = (file, target, ...rest) => {
    const text = texts.get(file);
    return text === undefined ? getSourceFile(file, target, ...rest) : ts.createSourceFile(file, text, target);
  };
  const library = {
    paths: { 'nestjs-studies': [join(root, 'lib/index.ts')], 'nestjs-studies/testing': [join(root, 'lib/testing/index.ts')] },
  };
  const program = ts.createProgram([...texts.keys(), globals], { ...options, ...library, ...AS_USERS_HAVE_IT }, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
    return `${file?.fileName.replace(root, '') ?? ''}:${line + 1} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

describe('the README', () => {
  it('has snippets that compile, and would be found out if one did not', { timeout: 180_000 }, () => {
    const wrong = { file: join(here, 'readme-wrong.ts'), text: `import { Nothing } from 'nestjs-studies';\nexport { Nothing };` };
    expect(snippets().length).toBeGreaterThan(10);
    expect(errorsOf([...snippets(), wrong])).toEqual([
      `/test/types/readme-wrong.ts:1 Module '"nestjs-studies"' has no exported member 'Nothing'.`,
    ]);
  });
});
