import { callsOf, propertyOf } from './editing/declarations.js';
import { InitFailure } from './init-failure.js';
import { appendElements, appendProperties, isInOneLine, rewriteObject } from './editing/list-edit.js';
import type { Project } from './editing/project.js';
import type { RootModule } from './root-module.js';
import { writeCall, writeList, type Style } from './editing/style.js';

/** Tells whether the application imports the module already. */
export function importsStudies(project: Project, sourceRoot: string): boolean {
  return project
    .sourcesWith('StudiesModule', sourceRoot)
    .some((source) => callsOf(source, 'StudiesModule', ['forRoot', 'forRootAsync']).length > 0);
}

/**
 * Imports `StudiesModule.forRoot({ … })` into the root module.
 *
 * @param options its properties
 * @param byHand lines to write if the imports have another shape
 */
export function importStudies({ name, metadata }: RootModule, options: readonly string[], byHand: readonly string[]): void {
  const { source, node } = metadata;
  const { ts, style } = source;
  const write = (at: string) => writeCall('StudiesModule.forRoot', options, at, style);
  const property = propertyOf(source, node, 'imports');
  if (property === undefined) {
    if (node.properties.some((one) => ts.isSpreadAssignment(one) || one.name.getText() === 'imports')) {
      throw new InitFailure(`The imports of ${name} in ${source.path} can't be read.`, byHand);
    }
    appendProperties(source, node, [(at) => writeList('imports: ', write, at, style)]);
  } else if (ts.isPropertyAssignment(property) && ts.isArrayLiteralExpression(property.initializer)) {
    appendElements(source, property.initializer, [write]);
  } else {
    const given = ts.isShorthandPropertyAssignment(property) ? 'imports' : property.initializer.getText();
    const text = (at: string) => `imports: ${spreadWith(style, given, at, write)}`;
    if (isInOneLine(source, node)) rewriteObject(source, node, new Map([[property, text]]), []);
    else source.replace(property.getStart(), property.end, text(source.indentAt(property.getStart())));
  }
  source.import('nestjs-studies', 'StudiesModule');
}

/** Writes a list of what another list holds, and of a further item. */
function spreadWith({ newline, indent, trailingComma }: Style, list: string, at: string, write: (at: string) => string): string {
  const line = newline + at + indent;
  return `[${line}...${list},${line}${write(at + indent)}${trailingComma}${newline}${at}]`;
}
