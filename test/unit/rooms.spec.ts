import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import extractConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';
import { ROOMS } from '../../rooms.js';

const NAMES = Object.keys(ROOMS);

/** A file in each room, and one in a folder of its own within it. */
const PLACES = NAMES.flatMap((room) => [`${room}/planted`, `${room}/deep/er/planted`]);

const PACKAGES = ['typeorm', '@nestjs/common', 'zod'];

describe('rooms of lib/', () => {
  let directory: string;
  let refused: ReadonlySet<string>;

  /** Plants in each place an import of each other place, half of them of types alone. */
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'rooms-'));
    for (const [index, place] of PLACES.entries()) {
      const file = join(directory, 'lib', `${place}.ts`);
      await mkdir(dirname(file), { recursive: true });
      const lines = PLACES.filter((other) => other !== place).map(
        (other, at) => `import ${(index + at) % 2 ? 'type ' : ''}{ Planted as P${at} } from '${relativeFrom(place, other)}';`,
      );
      const packages = PACKAGES.map((name) => `import type {} from '${name}';`);
      await writeFile(file, [...lines, ...packages, 'export class Planted {}', ''].join('\n'));
    }
    const { forbidden = [] } = await extractConfig(fileURLToPath(new URL('../../.dependency-cruiser.js', import.meta.url)));
    for (const name of PACKAGES) await install(directory, name);
    const { output } = await cruise(['lib'], {
      baseDir: directory,
      ruleSet: { forbidden: forbidden.filter(({ name = '' }) => /: (rooms|packages)$/.test(name)) },
      validate: true,
      tsPreCompilationDeps: true,
      enhancedResolveOptions: { extensions: ['.ts', '.d.ts'], mainFields: ['types'] },
    });
    const { violations } = (output as ICruiseResult).summary; // without a reporter, it is no text
    refused = new Set(violations.map(({ from, to }) => `${from} ${to}`));
  });

  afterAll(() => rm(directory, { recursive: true }));

  it.each(PLACES)('%s imports its own room, and the rooms and packages that it names, and nothing else', (place) => {
    const room = roomOf(place);
    for (const other of PLACES) {
      if (other === place) continue;
      const may = roomOf(other) === room || ROOMS[room]?.rooms.includes(roomOf(other));
      expect([other, refused.has(`lib/${place}.ts lib/${other}.ts`)]).toEqual([other, !may]);
    }
    for (const name of PACKAGES) {
      const isRefused = refused.has(`lib/${place}.ts node_modules/${name}/index.d.ts`);
      expect([name, isRefused]).toEqual([name, !ROOMS[room]?.packages.includes(name)]);
    }
  });

  it('are named without a circle, and by names that there are', () => {
    const heights = new Map<string, number>();
    const heightOf = (room: string, above: readonly string[]): number => {
      expect(NAMES).toContain(room);
      expect(above).not.toContain(room);
      const known =
        heights.get(room) ?? 1 + Math.max(0, ...(ROOMS[room]?.rooms ?? []).map((one) => heightOf(one, [...above, room])));
      heights.set(room, known);
      return known;
    };
    expect(NAMES.map((room) => heightOf(room, [])).every((height) => height > 0)).toBe(true);
  });
});

/** The innermost room that a place is in. */
function roomOf(place: string): string {
  return NAMES.filter((room) => place.startsWith(`${room}/`)).sort((a, b) => b.length - a.length)[0] ?? '';
}

function relativeFrom(place: string, other: string): string {
  return `${'../'.repeat(place.split('/').length - 1)}${other}.js`;
}

async function install(directory: string, name: string): Promise<void> {
  const folder = join(directory, 'node_modules', name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, types: 'index.d.ts' }));
  await writeFile(join(folder, 'index.d.ts'), 'export {};');
}
