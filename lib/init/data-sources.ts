import type ts from 'typescript';
import { callsOf, findClass, findValue, propertyOf, valueOf, type Place } from './editing/declarations.js';
import type { Project } from './editing/project.js';
import type { Source } from './editing/source.js';

/** Databases of TypeORM in which experiments can be stored. */
const STORES = ['postgres', 'mysql', 'mariadb', 'better-sqlite3', 'sqlite'];

/** The application's data source. */
export interface ApplicationSource {
  /** Its name; undefined for the default one. */
  readonly name: string | undefined;
  /** Path of the file that names it. */
  readonly path: string;
  /** Its options; undefined if they can't be read. */
  readonly options: Place<ts.ObjectLiteralExpression> | undefined;
}

/** Finds the data source of the application: the default one, or else the first. Undefined if none can store experiments. */
export function findApplicationSource(project: Project, sourceRoot: string): ApplicationSource | undefined {
  const near = sourcesIn(project, sourceRoot);
  const all = near.length > 0 ? near : sourcesIn(project, '.');
  return all.find(({ name }) => name === undefined) ?? all[0];
}

function sourcesIn(project: Project, directory: string): ApplicationSource[] {
  return project
    .sourcesWith('TypeOrmModule', directory)
    .flatMap((source) => [
      ...callsOf(source, 'TypeOrmModule', ['forRoot']).map(({ arguments: [given] }) => {
        const options = given === undefined ? undefined : objectOf(project, source, given);
        return described(source, options, options);
      }),
      ...callsOf(source, 'TypeOrmModule', ['forRootAsync']).map(({ arguments: [given] }) => {
        const outer = given === undefined ? undefined : objectOf(project, source, given);
        return described(source, outer, outer === undefined ? undefined : returnedOptions(project, outer, directory));
      }),
    ])
    .filter(({ options }) => options === undefined || canStore(options));
}

function described(
  source: Source,
  named: Place<ts.ObjectLiteralExpression> | undefined,
  options: Place<ts.ObjectLiteralExpression> | undefined,
): ApplicationSource {
  const name = named === undefined ? undefined : textAt(named, 'name');
  return { name: name === 'default' ? undefined : name, path: (options?.source ?? source).path, options };
}

function canStore(options: Place<ts.ObjectLiteralExpression>): boolean {
  const type = textAt(options, 'type');
  return type === undefined || STORES.includes(type);
}

function textAt({ source, node }: Place<ts.ObjectLiteralExpression>, name: string): string | undefined {
  const value = valueOf(source, node, name);
  return value !== undefined && source.ts.isStringLiteral(value) ? value.text : undefined;
}

function objectOf(project: Project, source: Source, expression: ts.Expression): Place<ts.ObjectLiteralExpression> | undefined {
  const found = findValue(project, source, expression);
  return found !== undefined && found.source.ts.isObjectLiteralExpression(found.node)
    ? { source: found.source, node: found.node }
    : undefined;
}

/** Finds what `useFactory` or `createTypeOrmOptions` of `useClass` returns. */
function returnedOptions(
  project: Project,
  { source, node }: Place<ts.ObjectLiteralExpression>,
  directory: string,
): Place<ts.ObjectLiteralExpression> | undefined {
  const { ts } = source;
  const method = node.properties.find((one) => ts.isMethodDeclaration(one) && one.name.getText() === 'useFactory');
  const factory = method ?? valueOf(source, node, 'useFactory');
  if (factory !== undefined && isFunction(source, factory)) return returned(project, source, factory);
  const byClass = valueOf(source, node, 'useClass') ?? valueOf(source, node, 'useExisting');
  if (byClass === undefined || !ts.isIdentifier(byClass)) return undefined;
  const found = findClass(project, source, byClass.text, directory);
  const create = found?.node.members.find((member) => member.name?.getText() === 'createTypeOrmOptions');
  return found !== undefined && create !== undefined && isFunction(found.source, create)
    ? returned(project, found.source, create)
    : undefined;
}

function isFunction({ ts }: Source, node: ts.Node): node is ts.ArrowFunction | ts.FunctionExpression | ts.MethodDeclaration {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isMethodDeclaration(node);
}

/** Finds the only value that a function returns. */
function returned(
  project: Project,
  source: Source,
  { body }: ts.ArrowFunction | ts.FunctionExpression | ts.MethodDeclaration,
): Place<ts.ObjectLiteralExpression> | undefined {
  if (body === undefined) return undefined;
  if (!source.ts.isBlock(body)) return objectOf(project, source, body);
  const [only, ...others] = source.find(source.ts.isReturnStatement, body);
  return only?.expression === undefined || others.length > 0 ? undefined : objectOf(project, source, only.expression);
}

/** Lists the data sources of TypeORM's command: the file that is given, or all that make one themselves. */
export function findCommandSources(project: Project, file: string | undefined): Place<ts.ObjectLiteralExpression>[] {
  const sources = file === undefined ? project.sourcesWith('new DataSource', '.') : [project.source(file)];
  return sources.flatMap((source) =>
    source === undefined
      ? []
      : [...source.find(source.ts.isNewExpression)]
          .filter(({ expression }) => expression.getText() === 'DataSource')
          .flatMap(({ arguments: [given] = [] }) => (given === undefined ? [] : (objectOf(project, source, given) ?? [])))
          .filter(({ node }) => propertyOf(source, node, 'name') === undefined)
          .filter(canStore),
  );
}
