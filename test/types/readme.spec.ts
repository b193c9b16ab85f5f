import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { readDocuments, snippetsOf } from '../support/documents.js';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const globals = join(here, 'readme.globals.d.ts');

/** Users' compilers are strict, but seldom stricter. */
const AS_USERS_HAVE_IT = { noUnusedLocals: false, exactOptionalPropertyTypes: false };

/** The TypeScript of the README and of docs/, each as a file that is named after its document and the line of its opening. */
function snippets(): { file: string; text: string }[] {
  const documents = readDocuments().filter(({ path }) => path === 'README.md' || path.startsWith('docs/'));
  return documents
    .flatMap((document) => snippetsOf(document, 'ts'))
    .map(({ document, line, code }) => ({
      file: join(here, `${document.replace(/\W+/g, '-').toLowerCase()}-line-${line - 1}.ts`),
      text: code,
    }));
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
    paths: {
      'nestjs-studies': [join(root, 'lib/index.ts')],
      'nestjs-studies/testing': [join(root, 'lib/testing/index.ts')],
      'nestjs-studies/cls': [join(root, 'lib/isolation/cls/index.ts')],
      'nestjs-studies/typeorm-transactional': [join(root, 'lib/isolation/typeorm-transactional/index.ts')],
    },
  };
  const program = ts.createProgram([...texts.keys(), globals], { ...options, ...library, ...AS_USERS_HAVE_IT }, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
    return `${file?.fileName.replace(root, '') ?? ''}:${line + 1} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

describe('the README and docs/', () => {
  it('have snippets that compile, and would be found out if one did not', { timeout: 180_000 }, () => {
    const wrong = { file: join(here, 'readme-wrong.ts'), text: `import { Nothing } from 'nestjs-studies';\nexport { Nothing };` };
    expect(snippets().length).toBeGreaterThan(20);
    expect(errorsOf([...snippets(), wrong])).toEqual([
      `/test/types/readme-wrong.ts:1 Module '"nestjs-studies"' has no exported member 'Nothing'.`,
    ]);
  });
});
