/** Facts that name an epoch. */
interface Named {
  readonly release: string;
  readonly fingerprint: string;
}

/** Names an epoch by its release, and by the beginning of its fingerprint if the release is unknown. */
export function epochName({ release, fingerprint }: Named): string {
  return release === '' ? `code ${fingerprint.slice(0, 6)}` : release;
}
