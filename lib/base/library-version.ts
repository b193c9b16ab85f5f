import { readFileSync } from 'node:fs';

/** Returns the version of this library; empty if its `package.json` isn't beside its code, as in a bundle. */
export function libraryVersion(): string {
  try {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const { name, version } = JSON.parse(text) as { name: unknown; version: unknown }; // npm requires both
    return name === 'nestjs-studies' && typeof version === 'string' ? version : '';
  } catch {
    return '';
  }
}
