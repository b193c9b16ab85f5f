/**
 * Creates a replacement for a query runner's broadcaster that notifies nobody. The subscribers of an application are for what
 * the application does.
 */
export function silentBroadcaster(): object {
  // TypeORM calls one method per kind of event, for its effect alone.
  return new Proxy({}, { get: (_, key) => (key === 'then' || typeof key === 'symbol' ? undefined : notifyNobody) });
}

function notifyNobody(): Promise<void> {
  return Promise.resolve();
}
