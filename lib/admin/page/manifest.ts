import { z } from 'zod';

/** Source file of the page's icon. */
const ICON = 'icon.svg';

const chunkSchema = z.object({
  file: z.string(),
  isEntry: z.boolean().optional(),
  css: z.array(z.string()).default([]),
  assets: z.array(z.string()).default([]),
  /** Keys of the chunks that it imports statically. */
  imports: z.array(z.string()).default([]),
});

/** Schema of Vite's manifest of built files. By source file, it names the built file and what that needs. */
export const manifestSchema = z.record(z.string(), chunkSchema);

/** Vite's manifest of built files. */
export type Manifest = z.infer<typeof manifestSchema>;

/** Files that the page loads first. */
export interface Beginning {
  readonly script: string;
  readonly styles: readonly string[];
  /** Scripts that the first one imports statically. */
  readonly imported: readonly string[];
  /** Icon of the page in tabs and bookmarks, if it has one. */
  readonly icon: string | undefined;
}

/** Lists all files in the manifest. Each name contains a hash of the content. */
export function listFiles(manifest: Manifest): string[] {
  return Object.values(manifest).flatMap(({ file, css, assets }) => [file, ...css, ...assets]);
}

/** Finds the files that the page loads first; undefined if the manifest has no entry. */
export function listEntryFiles(manifest: Manifest): Beginning | undefined {
  const entry = Object.keys(manifest).find((key) => manifest[key]?.isEntry === true);
  if (entry === undefined) return undefined;
  const [first, ...imported] = importedFrom(manifest, entry);
  // If styles are not split, Vite lists them apart from the script that needs them.
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

/** Lists a chunk and all that it imports statically, directly or through others. */
function importedFrom(manifest: Manifest, key: string, seen = new Set<string>()): Manifest[string][] {
  const chunk = manifest[key];
  if (chunk === undefined || seen.has(key)) return [];
  seen.add(key);
  return [chunk, ...chunk.imports.flatMap((one) => importedFrom(manifest, one, seen))];
}
