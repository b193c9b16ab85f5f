import { EXPERIMENT_REGISTRY } from '../../decorators/tokens.js';
import type { Clock } from '../../base/clock.js';
import type { ExperimentRegistry } from '../../experiment/run/experiment-registry.js';
import type { ExperimentStorage } from '../../storage/experiment.storage.js';
import type { FindHidden } from '../../values/redaction/redaction.js';
import type { StudiesSettings } from '../studies.options.js';
import { typedSymbol, type TypedSymbol } from './provide.js';

/** Options of the module, checked and with their defaults. */
export const SETTINGS = typedSymbol<StudiesSettings>('settings');

/** Finders of what classes hide from others. */
export const HIDDEN = typedSymbol<readonly FindHidden[]>('hidden');

/** Clock that times behaviours. */
export const CLOCK = typedSymbol<Clock>('clock');

/** Storage of experiments without the timeouts that all other users of it get. */
export const RAW_STORAGE = typedSymbol<ExperimentStorage>('storage');

/** Registry of the application's experiments. */
export const REGISTRY: TypedSymbol<ExperimentRegistry> = EXPERIMENT_REGISTRY;
