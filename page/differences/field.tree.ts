import { fieldPath, stepText, type Step } from '../../lib/values/field-path.js';
import type { FieldDifference } from '../api/summary.js';

/** A place in the values, with the differences there and below. */
export interface FieldNode {
  /** Path from the parent node. */
  readonly step: string;
  readonly path: string;
  /** Differences of the place itself. */
  readonly fields: readonly FieldDifference[];
  readonly children: readonly FieldNode[];
  /** Number of runs of the most frequent difference, here or below. */
  readonly most: number;
  /** Reason why the place can't be left out of the comparison, if it can't. */
  readonly kept: string | undefined;
}

/** Stands for differences outside the named fields. */
const ELSEWHERE = '…';

/** A node while the tree is built. */
class Branch {
  readonly fields: FieldDifference[] = [];
  readonly children = new Map<string, Branch>();

  at(step: string): Branch {
    const known = this.children.get(step);
    if (known !== undefined) return known;
    const branch = new Branch();
    this.children.set(step, branch);
    return branch;
  }
}

/** Builds a tree of differing fields, the most frequent first. Fields without a place in the value are added beside it. */
export function fieldTree(fields: readonly FieldDifference[]): FieldNode[] {
  const root = new Branch();
  const beside = new Branch();
  for (const field of fields) {
    const path = fieldPath(field.path);
    const place =
      path.kind === 'path'
        ? path.steps.map(textOf).reduce((branch, step) => branch.at(step), root)
        : field.path === '$'
          ? root
          : beside.at(field.path);
    place.fields.push(field);
  }
  const whole = root.fields.length > 0 ? [leaf('$', root.fields, 'This is the whole value.')] : [];
  const others = [...beside.children].map(([path, { fields: found }]) =>
    leaf(
      path,
      found,
      path === ELSEWHERE
        ? 'Stands for all fields that are not listed.'
        : 'The path was too long to be kept whole. Leave out a parent field.',
    ),
  );
  return [...whole, ...nodesOf('$', root), ...others].sort(byFrequency);
}

function leaf(path: string, fields: readonly FieldDifference[], kept: string): FieldNode {
  return { step: path, path, fields, children: [], most: mostOf(fields), kept };
}

function nodesOf(path: string, branch: Branch): FieldNode[] {
  return [...branch.children].map(([step, child]) => nodeOf(path, step, child)).sort(byFrequency);
}

function nodeOf(above: string, step: string, branch: Branch): FieldNode {
  const path = above + step;
  const children = nodesOf(path, branch);
  const [only] = children;
  // Nodes without siblings are merged with their parent.
  if (branch.fields.length === 0 && children.length === 1 && only !== undefined) return { ...only, step: step + only.step };
  const most = Math.max(mostOf(branch.fields), ...children.map((child) => child.most));
  return { step, path, fields: branch.fields, children, most, kept: undefined };
}

function mostOf(fields: readonly FieldDifference[]): number {
  return Math.max(0, ...fields.map(({ count }) => count));
}

function byFrequency(a: FieldNode, b: FieldNode): number {
  return b.most - a.most || (a.path < b.path ? -1 : 1);
}

/** Formats a step of a path. */
export function textOf(step: Step): string {
  switch (step.kind) {
    case 'property':
      return stepText(step.name);
    case 'anyProperty':
      return '.*';
    case 'item':
      return `[${step.index}]`;
    case 'anyItem':
      return '[*]';
    default:
      return step satisfies never;
  }
}
