/**
 * What is known about a run besides its values, such as `{ userId }`.
 *
 * @publicApi
 */
export type Context = Readonly<Record<string, unknown>>;
