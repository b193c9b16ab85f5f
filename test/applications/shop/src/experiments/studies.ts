import type * as Studies from 'nestjs-studies';
import { settings } from '../settings';

/** The library, unless experiments are absent: then it is not loaded. */
export const studies: typeof Studies | undefined = settings.experiments === 'absent' ? undefined : require('nestjs-studies');
