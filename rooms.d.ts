export interface Room {
  readonly holds: string;
  readonly rooms: readonly string[];
  readonly packages: readonly string[];
}
export const ROOMS: Readonly<Record<string, Room>>;
export const WIRING: readonly string[];
