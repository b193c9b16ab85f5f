import { z } from 'zod';

/** From which source the page's sign is made. */
const ICON = 'icon.svg';

const chunkSchema = z.object({
  file: z.string(),
  isEntry: z.boolean().optional(),
  css: z.array(z.string()).default([]),
  assets: z.array(z.string()).default([]),
  /** The chunks that it imports at once, by their keys. */
  imports: z.array(z.string()).default([]),
});

/** What Vite says of the files that it has built: by the source, the file that came of it and what that needs. */
export const manifestSchema = z.record(z.string(), chunkSchema);

export type Manifest = z.infer<typeof manifestSchema>;

/** What the page begins with. */
export interface Beginning {
  readonly script: string;
  readonly styles: readonly string[];
  /** Scripts that the first one imports at once. */
  readonly imported: readonly string[];
  /** The sign of the page in tabs and bookmarks, if it has one. */
  readonly icon: string | undefined;
}

/** All files that are named; each name has a hash of what is in it. */
export function listFiles(manifest: Manifest): string[] {
  return Object.values(manifest).flatMap(({ file, css, assets }) => [file, ...css, ...assets]);
}

/** What the page begins with; undefined if nothing is said to be it. */
export function listEntryFiles(manifest: Manifest): Beginning | undefined {
  const entry = Object.keys(manifest).find((key) => manifest[key]?.isEntry === true);
  if (entry === undefined) return undefined;
  const [first, ...imported] = importedFrom(manifest, entry);
  // Without a split of styles, Vite names them apart from the script that needs them.
  const apart = Object.values(manifest).filter(({ file }) => file.endsWith('.css'));
  const styles = [...[first, ...imported].flatMap((chunk) => chunk?.css ?? []), ...apart.map(({ file }) => file)];
  return (
    first && {
      script: first.file,
      styles: [...new Set(styles)],
      imported: imported.map(({ file }) => file),
      icon: manifest[ICON]?.file,
    }
  );
}

/** A chunk, and all that it imports at once, itself or by others. */
function importedFrom(manifest: Manifest, key: string, seen = new Set<string>()): Manifest[string][] {
  const chunk = manifest[key];
  if (chunk === undefined || seen.has(key)) return [];
  seen.add(key);
  return [chunk, ...chunk.imports.flatMap((one) => importedFrom(manifest, one, seen))];
}
