/**
 * Notifies the processes of an application of each other's changes. If a notification is lost, they see the change with their
 * next refresh.
 */
export abstract class ChangeFeed {
  /** Calls back for each change, and whenever some may have been missed. */
  abstract start(changed: () => void): void;

  /** Notifies the other processes of a change. Doesn't wait, and doesn't fail. */
  abstract announce(): void;

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
