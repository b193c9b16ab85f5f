/** A disk of a test's own that is small. */
export interface SmallDisk {
  readonly directory: string;
  /** Leaves no byte to anybody. */
  fill(): void;
  /** Gives back what was filled. */
  free(): void;
}

/** Why no disk can be mounted here; undefined where one can. */
export function whyNoSmallDisk(): Promise<string | undefined>;
