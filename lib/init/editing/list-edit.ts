import type ts from 'typescript';
import type { Source } from './source.js';
import { fits } from './style.js';

/** Text of an item, or what writes it for the indentation of its line. */
export type Item = string | ((at: string) => string);

/** Appends items to a list `[…]`, but for those that are there. */
export function appendElements(source: Source, list: ts.ArrayLiteralExpression, items: readonly Item[]): void {
  append({ source, list, present: list.elements, space: '' }, items);
}

/** Appends properties to an object `{…}`. */
export function appendProperties(source: Source, object: ts.ObjectLiteralExpression, items: readonly Item[]): void {
  append({ source, list: object, present: object.properties, space: ' ' }, items);
}

interface List {
  readonly source: Source;
  readonly list: ts.Node;
  readonly present: ts.NodeArray<ts.Node>;
  /** Text within the brackets of one line. */
  readonly space: string;
}

/** Appends items as the list is formatted: on lines of their own, or on the same one as long as that fits. */
function append(to: List, given: readonly Item[]): void {
  const { source, list, present, space } = to;
  const items = given.filter((item) => present.every((one) => one.getText() !== item));
  if (items.length === 0) return;
  const [first, last] = [present[0], present.at(-1)];
  const within = source.text.slice(list.getStart() + 1, list.end - 1);
  if (first === undefined || last === undefined) {
    if (within.trim() !== '') appendBelow(to, items, list.getStart() + 1, '');
    else if (!fill(to, items)) spread(to, items);
  } else if (source.text.slice(list.getStart(), first.getStart()).includes('\n')) {
    if (!present.hasTrailingComma) source.insert(last.end, ',');
    appendBelow(to, items, source.lineEnd(present.end), present.hasTrailingComma ? ',' : '', source.indentAt(first.getStart()));
  } else {
    const line = write(items, source.indentAt(list.getStart()));
    const text = `, ${line}`;
    if (!isBroken(to) && fitsWith(to, text)) source.replace(last.end, list.end - 1, text + space);
    else spread(to, items);
  }
}

function write(items: readonly Item[], at: string, between = ', '): string {
  return items.map((item) => (typeof item === 'string' ? item : item(at))).join(between);
}

/** Writes the first items of a list on its line, if that fits. */
function fill(to: List, items: readonly Item[]): boolean {
  const { source, list, space } = to;
  const line = space + write(items, source.indentAt(list.getStart())) + space;
  if (!fitsWith(to, line)) return false;
  source.replace(list.getStart() + 1, list.end - 1, line);
  return true;
}

/** Writes items on lines of their own. */
function appendBelow({ source, list }: List, items: readonly Item[], position: number, comma: string, indent?: string): void {
  const at = indent ?? source.indentAt(list.getStart()) + source.style.indent;
  const { newline } = source.style;
  const end = comma === '' && position === list.getStart() + 1 ? source.style.trailingComma : comma;
  source.insert(position, newline + at + write(items, at, `,${newline}${at}`) + end);
}

/** Puts every item of a list of one line on a line of its own, with the new ones. */
function spread({ source, list, present }: List, items: readonly Item[]): void {
  const outer = source.indentAt(list.getStart());
  const { newline, indent, trailingComma } = source.style;
  const line = newline + outer + indent;
  let end = list.getStart() + 1;
  present.forEach((item, index) => {
    source.replace(end, item.getStart(), (index === 0 ? '' : ',') + line);
    end = item.end;
  });
  const added = items.map((item) => (typeof item === 'string' ? item : item(outer + indent)));
  const texts = added.map((text, index) => (present.length + index === 0 ? line : `,${line}`) + text);
  source.replace(end, list.end - 1, texts.join('') + trailingComma + newline + outer);
}

/** Tells whether a list has to be written in several lines. It then is. */
function isBroken({ source, list }: List): boolean {
  return source.ts.isArrayLiteralExpression(list) && source.broken.delete(list);
}

/** Writes the lists in several lines that have to be, and have got no item. */
export function breakLists(source: Source): void {
  for (const list of source.broken) spread({ source, list, present: list.elements, space: '' }, []);
  source.broken.clear();
}

/** Tells whether the line of a list would fit with a further text, which has one line itself. */
function fitsWith({ source, list }: List, text: string): boolean {
  const start = source.text.lastIndexOf('\n', list.getStart()) + 1;
  const line = source.text.slice(start, source.lineEnd(list.end));
  return !text.includes('\n') && fits(line + text, source.style);
}

/** Tells whether the first item of an object stands on the line on which the object begins. */
export function isInOneLine({ text }: Source, object: ts.ObjectLiteralExpression): boolean {
  return object.properties.length > 0 && !text.slice(object.getStart(), object.properties[0]?.getStart()).includes('\n');
}

/**
 * Writes an object of one line anew: on one line if that fits, and otherwise each property on its own.
 *
 * @param replaced properties that are written otherwise
 */
export function rewriteObject(
  source: Source,
  object: ts.ObjectLiteralExpression,
  replaced: ReadonlyMap<ts.Node, Item>,
  added: readonly Item[],
): void {
  const outer = source.indentAt(object.getStart());
  const items = [...object.properties.map((property) => replaced.get(property) ?? property.getText()), ...added];
  const line = ` ${write(items, outer)} `;
  const start = source.text.slice(source.text.lastIndexOf('\n', object.getStart()) + 1, object.getStart());
  const rest = source.text.slice(object.end, source.lineEnd(object.end));
  if (!line.includes('\n') && fits(`${start}{${line}}${rest}`, source.style)) {
    source.replace(object.getStart() + 1, object.end - 1, line);
    return;
  }
  const { newline, indent, trailingComma } = source.style;
  const around = listsAround(source, object);
  for (const list of around) source.broken.add(list);
  const at = outer + indent.repeat(around.length);
  const inner = newline + at + indent;
  const lines = inner + write(items, at + indent, `,${inner}`) + trailingComma + newline + at;
  source.replace(object.getStart() + 1, object.end - 1, lines);
}

/** Lists the lists on whose line a node stands, and which hold it. */
function listsAround(source: Source, node: ts.Node): ts.ArrayLiteralExpression[] {
  const lists: ts.ArrayLiteralExpression[] = [];
  for (let around = node.parent as ts.Node | undefined; around !== undefined; around = around.parent as ts.Node | undefined) {
    if (source.text.slice(around.getStart(), node.getStart()).includes('\n')) break;
    if (source.ts.isArrayLiteralExpression(around)) lists.push(around);
  }
  return lists;
}
