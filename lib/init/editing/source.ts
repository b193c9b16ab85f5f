import type ts from 'typescript';
import { detectStyle, writeImport, type ProjectStyle, type Style } from './style.js';
import type { TypeScript } from './typescript.js';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A file of TypeScript, and the changes that are to be made to it. */
export class Source {
  readonly file: ts.SourceFile;
  readonly style: Style;
  /** Lists of one line with an item that is written in several, so that they have to be so too. */
  readonly broken = new Set<ts.ArrayLiteralExpression>();
  private readonly edits = new Map<string, Edit>();
  private readonly imported = new Map<string, Set<string>>();

  constructor(
    readonly ts: TypeScript,
    readonly path: string,
    readonly text: string,
    project: ProjectStyle,
  ) {
    this.file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    this.style = detectStyle(text, this.endsOfLists(), project);
  }

  /** Replaces a part of the text. The same change twice is one. */
  replace(start: number, end: number, text: string): void {
    this.edits.set(`${start} ${end} ${text}`, { start, end, text });
  }

  insert(at: number, text: string): void {
    this.replace(at, at, text);
  }

  /** Imports names, unless they are imported. */
  import(from: string, name: string): void {
    const names = this.imported.get(from) ?? new Set();
    this.imported.set(from, names.add(name));
  }

  /** Returns the whitespace with which the line of a position begins. */
  indentAt(position: number): string {
    const start = this.text.lastIndexOf('\n', position - 1) + 1;
    return /^[ \t]*/.exec(this.text.slice(start))?.[0] ?? '';
  }

  /** Returns the end of the line of a position. */
  lineEnd(position: number): number {
    const found = /\r?\n|$/.exec(this.text.slice(position));
    return position + (found?.index ?? 0);
  }

  /** Lists the nodes of a kind, in the order of the text. */
  *find<N extends ts.Node>(is: (node: ts.Node) => node is N, from: ts.Node = this.file): Iterable<N> {
    if (is(from)) yield from;
    const children: ts.Node[] = [];
    this.ts.forEachChild(from, (child) => void children.push(child));
    for (const child of children) yield* this.find(is, child);
  }

  imports(): ts.ImportDeclaration[] {
    return this.file.statements.filter((statement) => this.ts.isImportDeclaration(statement));
  }

  /** Returns the text with all changes. */
  changed(): string {
    // From the end. What is inserted at the same place is so in the order in which it was said.
    const edits = [...this.edits.values(), ...this.importEdits()].reverse().sort((a, b) => b.start - a.start);
    return edits.reduce((text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end), this.text);
  }

  /** Tells of each list of several lines whether it ends in a comma. */
  private endsOfLists(): boolean[] {
    const { ts } = this;
    const isList = (node: ts.Node) => ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node);
    return [...this.find(isList)]
      .map((list) => (ts.isArrayLiteralExpression(list) ? list.elements : list.properties))
      .filter((items) => items.length > 0 && this.text.slice(items.pos, items[0]?.getStart()).includes('\n'))
      .map(({ hasTrailingComma }) => hasTrailingComma);
  }

  private importEdits(): Edit[] {
    const lines: string[] = [];
    const edits: Edit[] = [];
    for (const [from, names] of this.imported) {
      const list = this.importedNames(from);
      const missing = [...names].filter((name) => list?.elements.every((element) => element.name.text !== name) !== false);
      if (missing.length === 0) continue;
      const last = list?.elements.at(-1);
      if (last !== undefined) edits.push({ start: last.end, end: last.end, text: `, ${missing.join(', ')}` });
      else lines.push(writeImport(missing.sort(), from, this.style));
    }
    if (lines.length === 0) return edits;
    const { newline } = this.style;
    const last = this.imports().at(-1);
    if (last === undefined) return [...edits, { start: 0, end: 0, text: lines.map((line) => line + newline + newline).join('') }];
    const at = this.lineEnd(last.end);
    return [...edits, { start: at, end: at, text: lines.map((line) => newline + line).join('') }];
  }

  /** Returns the list of names in an import of values from a module, if there is one. */
  private importedNames(from: string): ts.NamedImports | undefined {
    for (const { moduleSpecifier, importClause } of this.imports()) {
      const bindings = importClause?.namedBindings;
      if (!this.ts.isStringLiteral(moduleSpecifier) || moduleSpecifier.text !== from) continue;
      if (importClause === undefined || isOfTypes(importClause) || bindings === undefined) continue;
      if (this.ts.isNamedImports(bindings) && bindings.elements.length > 0) return bindings;
    }
    return undefined;
  }
}

/** Tells `import type`, which older versions of TypeScript mark by `isTypeOnly` alone. */
function isOfTypes(clause: ts.ImportClause): boolean {
  return clause.getText().startsWith('type ') && clause.name?.text !== 'type';
}
