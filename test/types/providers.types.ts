/** Compiled, not run: what is marked must not compile, and everything else must. */
import { StorageHealth } from '../../lib/database/storage-health.js';
import { ExperimentStorage } from '../../lib/storage/experiment.storage.js';
import { provide, provideClass, provideNamed } from '../../lib/studies/providers/provide.js';
import { REGISTRY, SETTINGS } from '../../lib/studies/providers/tokens.js';
import { ExperimentCache } from '../../lib/sync/experiment-cache.js';
import { Heartbeat } from '../../lib/sync/heartbeat.js';

provideClass(Heartbeat, [REGISTRY, ExperimentCache, ExperimentStorage, StorageHealth]);
// @ts-expect-error two classes are swapped
provideClass(Heartbeat, [REGISTRY, ExperimentStorage, ExperimentCache, StorageHealth]);
// @ts-expect-error a symbol and a class are swapped
provideClass(Heartbeat, [ExperimentCache, REGISTRY, ExperimentStorage, StorageHealth]);
// @ts-expect-error a symbol of another type
provideClass(Heartbeat, [SETTINGS, ExperimentCache, ExperimentStorage, StorageHealth]);
// @ts-expect-error one is missing
provideClass(Heartbeat, [REGISTRY, ExperimentCache, ExperimentStorage]);

provide(Heartbeat, [REGISTRY, ExperimentCache, ExperimentStorage, StorageHealth], (...parts) => new Heartbeat(...parts));
provide(
  Heartbeat,
  [REGISTRY, ExperimentStorage, ExperimentCache, StorageHealth],
  // @ts-expect-error two are swapped
  (...parts) => new Heartbeat(...parts),
);
// @ts-expect-error another class is made
provide(Heartbeat, [SETTINGS], () => new StorageHealth());

const make = ({ storage, health }: { storage: ExperimentStorage; health: StorageHealth }) => [storage, health];
provideNamed(Array<ExperimentStorage | StorageHealth>, { storage: ExperimentStorage, health: StorageHealth }, make);
// @ts-expect-error two are swapped
provideNamed(Array<ExperimentStorage | StorageHealth>, { storage: StorageHealth, health: ExperimentStorage }, make);
