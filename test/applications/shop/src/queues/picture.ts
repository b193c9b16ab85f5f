import { named } from '../settings';

/** A job of the queue. */
export interface Picture {
  readonly name: string;
  readonly width: number;
}

/** Name of the queue. BullMQ allows no colon in it. */
export const PICTURES = named('pictures');
