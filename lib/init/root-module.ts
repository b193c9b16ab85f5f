import type ts from 'typescript';
import { bare, classesOf, decoratorOf, findClass, findValue, type Place } from './editing/declarations.js';
import { InitFailure } from './init-failure.js';
import type { NestConfiguration, Project } from './editing/project.js';
import type { Source } from './editing/source.js';

const CREATORS = ['create', 'createMicroservice', 'createApplicationContext'];

/** What stands in `@Module()` of the root module. */
export interface RootModule {
  readonly source: Source;
  readonly name: string;
  /** Its metadata, which may stand in another file. */
  readonly metadata: Place<ts.ObjectLiteralExpression>;
}

/**
 * Finds the root module: the one of the file that is given, or that of which the application is made.
 *
 * @param byHand lines to write if it has another shape
 */
export function findRootModule(
  project: Project,
  { sourceRoot, entryFile }: NestConfiguration,
  file: string | undefined,
  byHand: readonly string[],
): RootModule {
  const found = file === undefined ? moduleOfEntry(project, sourceRoot, entryFile) : moduleOfFile(project, file);
  const name = found?.node.name?.text;
  if (found === undefined || name === undefined) {
    const where = file ?? `${sourceRoot}/${entryFile}.ts`;
    throw new InitFailure(`No root module was found from ${where}. Name its file with --module.`, byHand);
  }
  const [argument] = decoratorOf(found.source, found.node, 'Module')?.arguments ?? [];
  const metadata = argument === undefined ? undefined : findValue(project, found.source, argument);
  if (metadata === undefined || !found.source.ts.isObjectLiteralExpression(metadata.node)) {
    throw new InitFailure(`The @Module() of ${name} in ${found.source.path} is not an object that can be read.`, byHand);
  }
  return { source: found.source, name, metadata: { source: metadata.source, node: metadata.node } };
}

function moduleOfFile(project: Project, file: string): Place<ts.ClassDeclaration> | undefined {
  const source = project.source(file);
  if (source === undefined) throw new InitFailure(`There is no file ${file}.`);
  return classesOf(source).find(({ node }) => decoratorOf(source, node, 'Module') !== undefined);
}

/** Follows `NestFactory.create(AppModule)`, or finds the only `app.module.ts`. */
function moduleOfEntry(project: Project, sourceRoot: string, entryFile: string): Place<ts.ClassDeclaration> | undefined {
  const entry = project.source(`${sourceRoot}/${entryFile}.ts`);
  const makers = [...(entry === undefined ? [] : [entry]), ...project.sourcesWith('NestFactory', sourceRoot)];
  for (const source of makers) {
    const name = createdFrom(source);
    const found = name === undefined ? undefined : findClass(project, source, name, sourceRoot);
    if (found !== undefined) return found;
  }
  const usual = project.source(`${sourceRoot}/app.module.ts`);
  return usual === undefined ? undefined : classesOf(usual, 'AppModule')[0];
}

/** Returns the name of the class in `NestFactory.create(AppModule)` or `NestFactory.create(AppModule.register())`. */
function createdFrom(source: Source): string | undefined {
  const { ts } = source;
  for (const { expression, arguments: given } of source.find(ts.isCallExpression)) {
    const [first] = given;
    if (first === undefined || !ts.isPropertyAccessExpression(expression)) continue;
    if (!CREATORS.includes(expression.name.text) || expression.expression.getText() !== 'NestFactory') continue;
    const value = bare(source, first);
    if (ts.isIdentifier(value)) return value.text;
    const called = ts.isCallExpression(value) ? value.expression : undefined;
    if (called !== undefined && ts.isPropertyAccessExpression(called) && ts.isIdentifier(called.expression)) {
      return called.expression.text;
    }
  }
  return undefined;
}
