/**
 * Tells the processes of an application of each other's changes at once. It may lose messages: processes also ask the storage
 * themselves, every `refreshInterval`.
 *
 * @publicApi
 */
export abstract class ChangeFeed {
  /**
   * Starts listening. Must not throw.
   *
   * @param changed to be called for each change, and whenever messages may have been lost, such as after a reconnection
   */
  abstract start(changed: () => void): void;

  /** Tells the other processes of a change. Returns at once, and must not throw. */
  abstract announce(): void;

  /** Stops listening, and closes connections. The library calls it when the application shuts down. */
  abstract stop(): Promise<void>;
}

/** A feed without notifications. */
export class SilentFeed extends ChangeFeed {
  start(): void {
    // No notifications to receive.
  }

  announce(): void {
    // No process to notify.
  }

  async stop(): Promise<void> {
    // Nothing to close.
  }
}
