/** Tells the processes of an application of each other's changes at once. What it loses, they see with their next look. */
export abstract class ChangeFeed {
  /** Calls back for each change, and whenever some may have been missed. */
  abstract start(changed: () => void): void;

  /** Tells the others that something has changed. Doesn't wait, and doesn't fail. */
  abstract announce(): void;

  abstract stop(): Promise<void>;
}

/** Tells nobody. */
export class SilentFeed extends ChangeFeed {
  start(): void {
    // There is nothing to hear.
  }

  announce(): void {
    // There is nobody to tell.
  }

  async stop(): Promise<void> {
    // There is nothing to end.
  }
}
