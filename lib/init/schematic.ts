import { planInit } from './init.js';
import type { ProjectFiles } from './editing/project.js';
import { loadTypeScript } from './editing/typescript.js';

/** What is used of the tree of `@angular-devkit/schematics`, which Nest's CLI brings. */
interface Tree {
  read(path: string): { toString(): string } | null;
  getDir(path: string): { readonly subfiles: readonly string[]; readonly subdirs: readonly string[] };
  exists(path: string): boolean;
  create(path: string, text: string): void;
  overwrite(path: string, text: string): void;
}

interface SchematicContext {
  readonly logger: { info(text: string): void };
}

/** Options of the schematic. Nest's CLI passes on a name, a path and a project. */
interface SchematicOptions {
  readonly name?: string;
  readonly path?: string;
  readonly project?: string;
  readonly module?: string;
  readonly dataSource?: string;
  readonly database?: string;
}

/** Creates the rule of `nest g -c nestjs-studies init [Class.method] [file of the module]`. */
export function init(options: SchematicOptions): (tree: Tree, context: SchematicContext) => Tree {
  return (tree, { logger }) => {
    const { name, path, project, module, dataSource, database } = options;
    const given = { method: name === '' ? undefined : name, module: module ?? path, project, dataSource, database };
    const plan = planInit(loadTypeScript(process.cwd()), new TreeFiles(tree), given);
    for (const [file, text] of plan.files) {
      if (tree.exists(file)) tree.overwrite(file, text);
      else tree.create(file, text);
    }
    for (const note of plan.notes) logger.info(note);
    return tree;
  };
}

class TreeFiles implements ProjectFiles {
  constructor(private readonly tree: Tree) {}

  read(path: string): string | undefined {
    return this.tree.exists(path) ? this.tree.read(path)?.toString() : undefined;
  }

  list(directory: string): { files: readonly string[]; directories: readonly string[] } {
    const { subfiles, subdirs } = this.tree.getDir(directory === '.' ? '/' : directory);
    return { files: subfiles, directories: subdirs };
  }
}
