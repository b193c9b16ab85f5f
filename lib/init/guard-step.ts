import { posix } from 'node:path';
import type { Project } from './editing/project.js';
import type { Source } from './editing/source.js';

/** Name of the class. */
export const GUARD = 'StudiesAdminGuard';

const FILE = 'studies-admin.guard';

const TEXT = `import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, UnauthorizedException } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';

interface AdminRequest {
  headers: { authorization?: string };
}

interface AdminResponse {
  header(name: string, value: string): void;
}

/**
 * Lets in who knows the token in STUDIES_ADMIN_TOKEN: as a bearer token, or
 * as the password that a browser asks for. Without a token, nobody.
 */
@Injectable()
export class StudiesAdminGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const { authorization } = http.getRequest<AdminRequest>().headers;
    const token = process.env['STUDIES_ADMIN_TOKEN'];
    if (token && isSame(givenIn(authorization), token)) return true;
    const response = http.getResponse<AdminResponse>();
    response.header('WWW-Authenticate', 'Basic realm="studies"');
    throw new UnauthorizedException();
  }
}

function givenIn(authorization = ''): string {
  const [scheme, value = ''] = authorization.split(' ');
  if (scheme !== 'Basic') return value;
  const text = Buffer.from(value, 'base64').toString();
  return text.slice(text.indexOf(':') + 1);
}

function isSame(given: string, token: string): boolean {
  return timingSafeEqual(hashOf(given), hashOf(token));
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
`;

/** Writes the guard beside the root module, unless it is there, and imports it. */
export function addGuard(project: Project, module: Source, into: Source): void {
  const directory = posix.dirname(module.path);
  const path = `${directory}/${FILE}.ts`;
  if (!project.exists(path)) project.create(path, styled(TEXT, module));
  const relative = posix.relative(posix.dirname(into.path), `${directory}/${FILE}`);
  into.import((relative.startsWith('.') ? relative : `./${relative}`) + extensionOf(project, into), GUARD);
}

/** Returns how relative imports end in a file; in one without any, as the project's kind of modules wants it. */
function extensionOf(project: Project, source: Source): string {
  const relative = source.imports().map(({ moduleSpecifier }) => moduleSpecifier.getText().slice(1, -1));
  const found = relative.filter((from) => from.startsWith('.')).map((from) => /\.(?:[cm]?[jt]s)$/.exec(from)?.[0] ?? '');
  return found[0] ?? (project.json('package.json')['type'] === 'module' ? '.js' : '');
}

/** Formats a text of this library as another file is. */
function styled(text: string, { style }: Source): string {
  const lines = text.split('\n').map((line) => {
    const text = line.trimStart();
    const depth = Math.floor((line.length - text.length) / 2);
    const before = style.indent.repeat(depth) + (text.startsWith('*') ? ' ' : '');
    const ended = style.semicolon === '' ? text.replace(/;$/, '') : text;
    return before + (style.quote === '"' ? swapQuotes(ended) : ended);
  });
  return lines.join(style.newline);
}

/** Swaps the quotes of strings that hold none of the other kind. */
function swapQuotes(line: string): string {
  return line.replace(/'([^'"]*)'/g, '"$1"');
}
