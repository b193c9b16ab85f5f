/** Query of an address: one value, several of one name, or none if it is undefined. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** Returns the address of something below a base. Its steps can have any characters. */
export function addressBelow(base: string | URL, steps: readonly string[], query: Query = {}): string {
  const address = new URL(steps.map(encodeURIComponent).join('/'), base);
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of typeof value === 'object' ? value : [String(value)]) address.searchParams.append(key, one);
  }
  return address.href;
}
