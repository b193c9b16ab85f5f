import { alignmentOf } from './alignment.js';
import { contentOf, isList, isRecord, type Json, type JsonRecord } from './json.js';

/** A line of a formatted value. */
export interface Line {
  readonly depth: number;
  readonly text: string;
}

/** Relation of a line to the other side's: equal, different, only there, or elsewhere. */
export type Mark = 'same' | 'changed' | 'missing' | 'extra' | 'moved';

/** Lines that are shown beside each other. */
export interface Row {
  readonly mark: Mark;
  readonly control?: Line;
  readonly candidate?: Line;
}

/** Formats two values side by side, line by line. */
export function sideBySide(control: Json, candidate: Json): Row[] {
  return compared(0, '', control, candidate);
}

/** Formats a value, with a line for each of its entries. */
export function linesOf(value: Json, depth = 0, name = ''): Line[] {
  const entries = isList(value) ? value.map((item) => ['', item] as const) : isRecord(value) ? Object.entries(value) : [];
  if (entries.length === 0) return [{ depth, text: name + JSON.stringify(value) }];
  const [open, close] = isList(value) ? '[]' : '{}';
  return [
    { depth, text: `${name}${open}` },
    ...entries.flatMap(([key, item]) => linesOf(item, depth + 1, isList(value) ? '' : nameOf(key))),
    { depth, text: close ?? '' },
  ];
}

function compared(depth: number, name: string, control: Json, candidate: Json): Row[] {
  if (contentOf(control) === contentOf(candidate)) return linesOf(control, depth, name).map(same);
  if (isList(control) && isList(candidate) && control.length > 0 && candidate.length > 0)
    return within(depth, name, '[]', lists(depth + 1, control, candidate));
  if (isRecord(control) && isRecord(candidate) && hasEntries(control) && hasEntries(candidate))
    return within(depth, name, '{}', records(depth + 1, control, candidate));
  return beside(linesOf(control, depth, name), linesOf(candidate, depth, name));
}

function hasEntries(value: JsonRecord): boolean {
  return Object.keys(value).length > 0;
}

function within(depth: number, name: string, around: '[]' | '{}', rows: readonly Row[]): Row[] {
  const [open = '', close = ''] = around;
  return [same({ depth, text: name + open }), ...rows, same({ depth, text: close })];
}

function records(depth: number, control: { readonly [key: string]: Json }, candidate: { readonly [key: string]: Json }): Row[] {
  const shared = Object.entries(control).flatMap(([key, value]) => {
    const other = Object.hasOwn(candidate, key) ? candidate[key] : undefined;
    return other === undefined ? only('missing', linesOf(value, depth, nameOf(key))) : compared(depth, nameOf(key), value, other);
  });
  const extra = Object.entries(candidate).flatMap(([key, value]) =>
    Object.hasOwn(control, key) ? [] : only('extra', linesOf(value, depth, nameOf(key))),
  );
  return [...shared, ...extra];
}

function lists(depth: number, control: readonly Json[], candidate: readonly Json[]): Row[] {
  return alignmentOf(control, candidate).flatMap(({ control: left, candidate: right, isMoved }) => {
    const here = left === undefined ? undefined : control[left];
    const there = right === undefined ? undefined : candidate[right];
    if (here !== undefined && there !== undefined) return compared(depth, '', here, there);
    if (here !== undefined) return only(isMoved ? 'moved' : 'missing', linesOf(here, depth), 'control');
    return there === undefined ? [] : only(isMoved ? 'moved' : 'extra', linesOf(there, depth), 'candidate');
  });
}

function only(
  mark: Mark,
  lines: readonly Line[],
  side: 'control' | 'candidate' = mark === 'missing' ? 'control' : 'candidate',
): Row[] {
  return lines.map((line) => ({ mark, [side]: line }));
}

/** Puts two values side by side that have nothing in common. */
function beside(control: readonly Line[], candidate: readonly Line[]): Row[] {
  return Array.from({ length: Math.max(control.length, candidate.length) }, (_, index) => {
    const [here, there] = [control[index], candidate[index]];
    return { mark: 'changed', ...(here ? { control: here } : {}), ...(there ? { candidate: there } : {}) };
  });
}

function same(line: Line): Row {
  return { mark: 'same', control: line, candidate: line };
}

function nameOf(key: string): string {
  return `${/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? key : JSON.stringify(key)}: `;
}
