/** Compiled, not run: what is marked must not compile, and everything else must. */
import { StorageHealth } from '../../lib/database/storage-health.js';
import type { ExperimentRegistry } from '../../lib/experiment/run/experiment-registry.js';
import { ExperimentStorage } from '../../lib/storage/experiment.storage.js';
import { provide, provideClass, provideNamed } from '../../lib/studies/providers/provide.js';
import { REGISTRY, SETTINGS } from '../../lib/studies/providers/tokens.js';
import { ExperimentCache } from '../../lib/sync/experiment-cache.js';

/** A class with parts of each kind. */
class Whole {
  constructor(
    readonly registry: ExperimentRegistry,
    readonly cache: ExperimentCache,
    readonly storage: ExperimentStorage,
    readonly health: StorageHealth,
  ) {}
}

provideClass(Whole, [REGISTRY, ExperimentCache, ExperimentStorage, StorageHealth]);
// @ts-expect-error two classes are swapped
provideClass(Whole, [REGISTRY, ExperimentStorage, ExperimentCache, StorageHealth]);
// @ts-expect-error a symbol and a class are swapped
provideClass(Whole, [ExperimentCache, REGISTRY, ExperimentStorage, StorageHealth]);
// @ts-expect-error a symbol of another type
provideClass(Whole, [SETTINGS, ExperimentCache, ExperimentStorage, StorageHealth]);
// @ts-expect-error one is missing
provideClass(Whole, [REGISTRY, ExperimentCache, ExperimentStorage]);

provide(Whole, [REGISTRY, ExperimentCache, ExperimentStorage, StorageHealth], (...parts) => new Whole(...parts));
provide(
  Whole,
  [REGISTRY, ExperimentStorage, ExperimentCache, StorageHealth],
  // @ts-expect-error two are swapped
  (...parts) => new Whole(...parts),
);
// @ts-expect-error another class is made
provide(Whole, [SETTINGS], () => new StorageHealth());

const make = ({ storage, health }: { storage: ExperimentStorage; health: StorageHealth }) => [storage, health];
provideNamed(Array<ExperimentStorage | StorageHealth>, { storage: ExperimentStorage, health: StorageHealth }, make);
// @ts-expect-error two are swapped
provideNamed(Array<ExperimentStorage | StorageHealth>, { storage: StorageHealth, health: ExperimentStorage }, make);
