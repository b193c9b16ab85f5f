import { createRequire } from 'node:module';
import { join } from 'node:path';
import type ts from 'typescript';
import { InitFailure } from '../init-failure.js';

/** The project's own TypeScript. */
export type TypeScript = typeof ts;

/**
 * Loads the TypeScript of a project, or that of its Nest CLI.
 *
 * @param root directory of the project
 * @throws InitFailure when neither has one that can parse
 */
export function loadTypeScript(root: string): TypeScript {
  const project = createRequire(join(root, 'package.json'));
  const found =
    attemptLoad(() => project('typescript')) ??
    attemptLoad(() => createRequire(project.resolve('@nestjs/cli/package.json'))('typescript'));
  if (found !== undefined) return found;
  throw new InitFailure('No TypeScript was found in this project. Run it where package.json is, after npm install.');
}

function attemptLoad(load: () => unknown): TypeScript | undefined {
  try {
    const loaded = load() as Partial<TypeScript>; // what is missing is asked for
    return typeof loaded.createSourceFile === 'function' ? loaded : undefined;
  } catch {
    return undefined;
  }
}
