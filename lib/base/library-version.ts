import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the version of this library; empty if its `package.json` isn't beside its code, as in a bundle. */
export function libraryVersion(): string {
  try {
    const text = readFileSync(join(__dirname, '../../package.json'), 'utf8');
    const { name, version } = JSON.parse(text) as { name: unknown; version: unknown }; // npm requires both
    return name === 'nestjs-studies' && typeof version === 'string' ? version : '';
  } catch {
    return '';
  }
}
