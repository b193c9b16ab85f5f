/**
 * Data about a run besides its values, such as `{ userId }`.
 *
 * @publicApi
 */
export type ExperimentContext = Readonly<Record<string, unknown>>;
