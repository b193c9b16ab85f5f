/**
 * Treatment of what candidates write or send. `'refuse'`: it is refused before it is sent, and the run is no evidence. `'allow'`: it is
 * sent, besides what the control sends.
 *
 * @publicApi
 */
export type WriteMode = 'refuse' | 'allow';
