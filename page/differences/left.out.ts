import { fieldPath, type Step } from '../../lib/values/field-path.js';

/** Returns the first left-out path that covers a place: the place itself, or a parent. */
export function coverOf(path: string, ignorePaths: readonly string[]): string | undefined {
  const steps = stepsOf(path);
  return ignorePaths.find((ignored) => {
    if (ignored === path) return true;
    const cover = stepsOf(ignored);
    return cover.length > 0 && cover.length <= steps.length && cover.every((step, index) => covers(step, steps[index]));
  });
}

function stepsOf(path: string): readonly Step[] {
  const read = fieldPath(path);
  return read.kind === 'path' ? read.steps : [];
}

/** Decides whether one step covers another: `.*` covers all properties and items, `[*]` all items. */
function covers(cover: Step, step: Step | undefined): boolean {
  if (step === undefined) return false;
  switch (cover.kind) {
    case 'anyProperty':
      return true;
    case 'anyItem':
      return step.kind === 'item' || step.kind === 'anyItem';
    case 'item':
      return step.kind === 'item' && step.index === cover.index;
    case 'property':
      return step.kind === 'property' && step.name === cover.name;
    default:
      return cover satisfies never;
  }
}
