import { format } from 'prettier';
import ts from 'typescript';
import { planInit } from '../../lib/init/init.js';
import type { InitOptions } from '../../lib/init/init-options.js';
import type { ProjectFiles } from '../../lib/init/editing/project.js';

/** A project in memory. */
export class MemoryProject implements ProjectFiles {
  constructor(readonly files: Record<string, string>) {}

  read(path: string): string | undefined {
    return this.files[path];
  }

  list(directory: string): { files: string[]; directories: string[] } {
    const prefix = directory === '.' ? '' : `${directory}/`;
    const below = Object.keys(this.files).filter((path) => path.startsWith(prefix));
    const names = below.map((path) => path.slice(prefix.length).split('/'));
    const directories = names.filter((parts) => parts.length > 1).map(([first = '']) => first);
    return {
      files: names.filter((parts) => parts.length === 1).map(([name = '']) => name),
      directories: [...new Set(directories)],
    };
  }

  /** Runs `init`, and applies what it plans. */
  init(options: InitOptions = {}): { readonly changed: Readonly<Record<string, string>>; readonly notes: string } {
    const { files, notes } = planInit(ts, this, options);
    const changed = Object.fromEntries(files);
    Object.assign(this.files, changed);
    return { changed, notes: notes.join('\n') };
  }
}

/** Lists the errors of syntax in a text. */
export function syntaxErrors(text: string): string[] {
  const { diagnostics = [] } = ts.transpileModule(text, {
    reportDiagnostics: true,
    compilerOptions: { experimentalDecorators: true },
  });
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

/** Formats a text as Nest's templates are, but for what is given. */
export function formatted(text: string, options: object = {}): Promise<string> {
  return format(text, { parser: 'typescript', singleQuote: true, trailingComma: 'all', ...options });
}
