/**
 * Makes what takes the place of a query runner's broadcaster of events, and tells nobody: the subscribers of an application are for what
 * the application does.
 */
export function silentBroadcaster(): object {
  // TypeORM has a method for each kind of event, and calls it for its effect alone.
  return new Proxy({}, { get: (_, key) => (key === 'then' || typeof key === 'symbol' ? undefined : tellNobody) });
}

function tellNobody(): Promise<void> {
  return Promise.resolve();
}
