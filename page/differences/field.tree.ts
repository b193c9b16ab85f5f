import { fieldPath, stepText, type Step } from '../../lib/values/field-path.js';
import type { FieldDifference } from '../api/summary.js';

/** A place in the values, with what differs there and below. */
export interface FieldNode {
  /** What leads here from the node above. */
  readonly step: string;
  readonly path: string;
  /** The ways in which the place itself differs. */
  readonly fields: readonly FieldDifference[];
  readonly children: readonly FieldNode[];
  /** In how many runs the most frequent of all differs. */
  readonly most: number;
  /** Why the place can't be left out of the comparison, if it can't. */
  readonly kept: string | undefined;
}

/** Stands for whatever differs elsewhere than in fields that are told. */
const ELSEWHERE = '…';

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

/** Puts the fields that differ into a tree, the most frequent first; what can't be found in a value stands beside. */
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
  const whole = root.fields.length > 0 ? [leaf('$', root.fields, 'It is all of the value.')] : [];
  const others = [...beside.children].map(([path, { fields: found }]) =>
    leaf(
      path,
      found,
      path === ELSEWHERE
        ? 'It stands for all fields that are not told.'
        : 'Its path was too long to be kept whole. Leave out a field above it.',
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
  // A way without a fork is one step.
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

/** A step as a path has it. */
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
