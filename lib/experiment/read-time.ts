/**
 * Time at which a candidate reads: on a snapshot of the moment at which the control sends its first statement, or later, when it runs.
 *
 * @publicApi
 */
export type ReadTime = 'sameMoment' | 'later';
