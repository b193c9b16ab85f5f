import type ts from 'typescript';
import { classesOf, decoratorOf, type Place } from './editing/declarations.js';
import { InitFailure } from './init-failure.js';
import { copyOfMethod } from './method-copy.js';
import type { Project } from './editing/project.js';
import type { Source } from './editing/source.js';
import { quoted, writeCall } from './editing/style.js';

/** A method that can become an experiment. */
interface Found extends Place<ts.MethodDeclaration> {
  readonly owner: ts.ClassDeclaration;
}

/** The first experiment: its method and name. */
export interface FirstExperiment {
  readonly path: string;
  readonly method: string;
  readonly candidate: string;
  readonly name: string;
}

/** Parameters that answer by themselves. */
const ANSWERING = ['Res', 'Response', 'Next'];

/**
 * Decorates a method, and adds a candidate, which is a copy of it to be changed.
 *
 * @param wanted `Class.method`; without it, the first `@Get()` of a controller
 * @returns undefined if there is an experiment already, or no method that fits
 */
export function decorateFirst(project: Project, sourceRoot: string, wanted: string | undefined): FirstExperiment | undefined {
  const found = wanted === undefined ? firstFitting(project, sourceRoot) : named(project, sourceRoot, wanted);
  return found === undefined ? undefined : decorate(found);
}

/** Tells whether the application has an experiment. */
export function hasExperiment(project: Project, sourceRoot: string): boolean {
  return project
    .sourcesWith('@Experiment', sourceRoot)
    .some((source) => [...source.find(source.ts.isMethodDeclaration)].some((method) => isExperiment(source, method)));
}

function firstFitting(project: Project, sourceRoot: string): Found | undefined {
  for (const source of project.sourcesWith('@Controller', sourceRoot)) {
    for (const { node } of classesOf(source)) {
      if (decoratorOf(source, node, 'Controller') === undefined) continue;
      const method = methodsOf(source, node).find(
        (one) => decoratorOf(source, one, 'Get') !== undefined && reasonAgainst(source, node, one) === undefined,
      );
      if (method !== undefined) return { source, node: method, owner: node };
    }
  }
  return undefined;
}

function named(project: Project, sourceRoot: string, wanted: string): Found | undefined {
  const [className = '', methodName = ''] = wanted.split('.').map(lettersOf);
  const all = project.sourcesWith('class ', sourceRoot).flatMap((source) => classesOf(source));
  const owners = all.filter(({ node }) => lettersOf(node.name?.text ?? '') === className);
  const found = owners.flatMap(({ source, node: owner }) =>
    methodsOf(source, owner)
      .filter((method) => lettersOf(method.name.getText()) === methodName)
      .map((node) => ({ source, node, owner })),
  );
  const [first, second] = found;
  if (first === undefined) {
    throw new InitFailure(`There is no method ${wanted} below ${sourceRoot}. Name one such as CitiesController.search.`);
  }
  if (second !== undefined && second.source !== first.source) {
    throw new InitFailure(`Both ${first.source.path} and ${second.source.path} have a ${wanted}.`);
  }
  if (isExperiment(first.source, first.node)) return undefined;
  const reason = reasonAgainst(first.source, first.owner, first.node);
  if (reason !== undefined) throw new InitFailure(`${wanted} in ${first.source.path} can't be an experiment: it ${reason}.`);
  return first;
}

/** Compares names as Nest's CLI gives them: `app-controller.get-hello`. */
function lettersOf(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase();
}

function methodsOf(source: Source, owner: ts.ClassDeclaration): ts.MethodDeclaration[] {
  return owner.members.filter((member) => source.ts.isMethodDeclaration(member));
}

function isExperiment(source: Source, method: ts.MethodDeclaration): boolean {
  return decoratorOf(source, method, 'Experiment') !== undefined;
}

/** Returns why a method can't be the control, or its copy not the candidate. */
function reasonAgainst(source: Source, owner: ts.ClassDeclaration, method: ts.MethodDeclaration): string | undefined {
  const { ts } = source;
  const has = (...kinds: ts.SyntaxKind[]) => method.modifiers?.some(({ kind }) => kinds.includes(kind)) === true;
  if (isExperiment(source, method)) return 'is one already';
  if (!ts.isIdentifier(method.name)) return 'has no plain name';
  if (method.asteriskToken !== undefined) return 'is a generator';
  if (has(ts.SyntaxKind.StaticKeyword)) return 'is static';
  if (has(ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword)) return 'is not public';
  const { text } = method.name;
  if (methodsOf(source, owner).filter((one) => one.name.getText() === text).length > 1) return 'has overloads';
  if (method.body === undefined) return 'has no body';
  if (decoratorOf(source, method, 'Sse', 'Render') !== undefined) return 'answers with a stream or a view';
  if (method.parameters.some((one) => decoratorOf(source, one, ...ANSWERING) !== undefined)) return 'answers by itself';
  return undefined;
}

function decorate({ source, node, owner }: Found): FirstExperiment {
  const method = node.name.getText();
  const candidate = freeName(owner, method);
  const className = owner.name?.text ?? '';
  const name = kebab(`${className.replace(/(?:Controller|Service|Resolver)$/, '')}-${method}`);
  insertDecorator(source, node, [`name: ${quoted(name, source.style)}`, `candidate: ${quoted(candidate, source.style)}`]);
  const { newline } = source.style;
  const at = source.indentAt(node.getStart());
  const comment = `${at}// The candidate of ${method}: a copy, to be changed. No caller gets its value.`;
  const copy = at + copyOfMethod(source, node, candidate);
  source.insert(source.lineEnd(node.end), newline + newline + comment + newline + copy);
  source.import('nestjs-studies', 'Experiment');
  return { path: source.path, method: `${className}.${method}`, candidate: `${className}.${candidate}`, name };
}

function freeName(owner: ts.ClassDeclaration, method: string): string {
  const taken = new Set(owner.members.map((member) => member.name?.getText()));
  let version = 2;
  while (taken.has(`${method}V${version}`)) version++;
  return `${method}V${version}`;
}

/** Writes the decorator below the others, or above one that stands on the line of the method. */
function insertDecorator(source: Source, method: ts.MethodDeclaration, properties: readonly string[]): void {
  const { newline } = source.style;
  const at = source.indentAt(method.getStart());
  const text = writeCall('@Experiment', properties, at, source.style, 0);
  const last = source.ts.getDecorators(method)?.at(-1);
  if (last !== undefined && source.text.slice(last.end, source.lineEnd(last.end)).trim() === '') {
    source.insert(last.end, newline + at + text);
  } else {
    source.insert(method.getStart(), text + newline + at);
  }
}

function kebab(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .replace(/^-|[^\w-]/g, '')
    .toLowerCase();
}
