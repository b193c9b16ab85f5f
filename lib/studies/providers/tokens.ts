import { EXPERIMENT_REGISTRY } from '../../decorators/tokens.js';
import type { Clock } from '../../base/clock.js';
import type { ExperimentRegistry } from '../../experiment/run/experiment-registry.js';
import type { ExperimentStorage } from '../../storage/experiment.storage.js';
import type { StudiesSettings } from '../studies.options.js';
import { typedSymbol, type TypedSymbol } from './provide.js';

/** The options of the module, checked and with their defaults. */
export const SETTINGS = typedSymbol<StudiesSettings>('settings');

/** What behaviours are timed with. */
export const CLOCK = typedSymbol<Clock>('clock');

/** Where experiments are kept, without the limits on its statements that all others see it with. */
export const RAW_STORAGE = typedSymbol<ExperimentStorage>('storage');

/** The experiments of the application. */
export const REGISTRY: TypedSymbol<ExperimentRegistry> = EXPERIMENT_REGISTRY;
