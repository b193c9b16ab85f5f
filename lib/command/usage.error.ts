/** Error about an invalid command line. */
export class UsageError extends Error {}
