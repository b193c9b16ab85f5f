/** A change, as the history keeps it. */
export interface ChangeRecord {
  readonly id: string;
  readonly experiment: string;
  readonly at: string;
  readonly kind: 'changed' | 'halted' | 'purged' | 'removed';
  readonly actor: string | null;
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
  readonly reason: string | null;
}
