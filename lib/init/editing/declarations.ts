import { posix } from 'node:path';
import type ts from 'typescript';
import type { Project } from './project.js';
import type { Source } from './source.js';

/** A node, and the file in which it stands. */
export interface Place<N extends ts.Node> {
  readonly source: Source;
  readonly node: N;
}

/** Takes off what changes no value: parentheses, `as`, `satisfies`, `!` and `await`. */
export function bare(source: Source, expression: ts.Expression): ts.Expression {
  const { ts } = source;
  let inner = expression;
  while (
    ts.isParenthesizedExpression(inner) ||
    ts.isAsExpression(inner) ||
    ts.isSatisfiesExpression(inner) ||
    ts.isNonNullExpression(inner) ||
    ts.isAwaitExpression(inner)
  ) {
    inner = inner.expression;
  }
  return inner;
}

/** Finds the class of a name: in the file, in the one that it imports it from, or the only one of that name below a directory. */
export function findClass(
  project: Project,
  source: Source,
  name: string,
  directory: string,
): Place<ts.ClassDeclaration> | undefined {
  const near = [source, importedFrom(project, source, name)].flatMap((one) => (one === undefined ? [] : classesOf(one, name)));
  if (near[0] !== undefined) return near[0];
  const all = project.sourcesWith(`class ${name}`, directory).flatMap((one) => classesOf(one, name));
  return all.length === 1 ? all[0] : undefined;
}

/** Lists the classes of a file, those of a name if one is given. */
export function classesOf(source: Source, name?: string): Place<ts.ClassDeclaration>[] {
  return source.file.statements
    .filter((statement) => source.ts.isClassDeclaration(statement))
    .filter((node) => name === undefined || node.name?.text === name)
    .map((node) => ({ source, node }));
}

/** Finds the value of an expression: itself, or what a constant of its name holds, here or where it is imported from. */
export function findValue(
  project: Project,
  source: Source,
  expression: ts.Expression,
  depth = 3,
): Place<ts.Expression> | undefined {
  const value = bare(source, expression);
  if (!source.ts.isIdentifier(value)) return { source, node: value };
  if (depth === 0) return undefined;
  for (const one of [source, importedFrom(project, source, value.text)]) {
    const initializer = one === undefined ? undefined : constantOf(one, value.text);
    if (one !== undefined && initializer !== undefined) return findValue(project, one, initializer, depth - 1);
  }
  return undefined;
}

function constantOf(source: Source, name: string): ts.Expression | undefined {
  const { ts } = source;
  return source.file.statements
    .filter((statement) => ts.isVariableStatement(statement))
    .flatMap(({ declarationList }) => (declarationList.flags & ts.NodeFlags.Const ? [...declarationList.declarations] : []))
    .find((declaration) => ts.isIdentifier(declaration.name) && declaration.name.text === name)?.initializer;
}

/** Finds the file from which a name is imported by a relative path, or by one from the root. */
function importedFrom(project: Project, source: Source, name: string): Source | undefined {
  const { ts } = source;
  const declaration = source.imports().find(({ importClause }) => {
    const bindings = importClause?.namedBindings;
    const names = bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements.map((one) => one.name.text) : [];
    return importClause?.name?.text === name || names.includes(name);
  });
  if (declaration === undefined || !ts.isStringLiteral(declaration.moduleSpecifier)) return undefined;
  const given = declaration.moduleSpecifier.text.replace(/\.[cm]?[jt]s$/, '');
  const path = given.startsWith('.') ? posix.join(posix.dirname(source.path), given) : given;
  return project.source(`${path}.ts`) ?? project.source(`${path}/index.ts`);
}

/** Returns the call of a decorator on a class, a method or a parameter, if it has one of these names. */
export function decoratorOf(source: Source, node: ts.HasDecorators, ...names: string[]): ts.CallExpression | undefined {
  const { ts } = source;
  return (ts.getDecorators(node) ?? [])
    .map(({ expression }) => expression)
    .filter((expression) => ts.isCallExpression(expression))
    .find(({ expression }) => ts.isIdentifier(expression) && names.includes(expression.text));
}

/** Lists the calls `object.method(…)` of a file. */
export function callsOf(source: Source, object: string, methods: readonly string[]): ts.CallExpression[] {
  const { ts } = source;
  return [...source.find(ts.isCallExpression)].filter(
    ({ expression }) =>
      ts.isPropertyAccessExpression(expression) &&
      ts.isIdentifier(expression.expression) &&
      expression.expression.text === object &&
      methods.includes(expression.name.text),
  );
}

/** Returns a property of an object, `name: …` or `name`. */
export function propertyOf(
  source: Source,
  object: ts.ObjectLiteralExpression,
  name: string,
): ts.PropertyAssignment | ts.ShorthandPropertyAssignment | undefined {
  const { ts } = source;
  return object.properties
    .filter((property) => ts.isPropertyAssignment(property) || ts.isShorthandPropertyAssignment(property))
    .find((property) => (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name)) && property.name.text === name);
}

/** Returns the value of a property that is `name: …`. */
export function valueOf(source: Source, object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  const property = propertyOf(source, object, name);
  return property !== undefined && source.ts.isPropertyAssignment(property) ? bare(source, property.initializer) : undefined;
}
