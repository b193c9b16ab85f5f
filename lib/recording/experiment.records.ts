import { StudiesError } from '../experiment/errors.js';
import { check } from '../experiment/validation.js';
import type { ExperimentCatalog } from '../storage/experiment.catalog.js';
import type { ExperimentRow } from '../storage/experiment.row.js';
import type { ExperimentStorage } from '../storage/experiment.storage.js';
import type { ExperimentView } from '../storage/experiment.view.js';
import type { Recorded, RecordStorage } from './record.storage.js';
import type { Recorder } from './recorder.js';
import { sampleQuerySchema, type Sample, type SamplePage, type SampleQuery } from './sample.js';
import { summarise } from './summarise.js';
import type { Summary } from './summary.js';

/** What was recorded, for operators: of all processes, as far as they have written it. */
export class ExperimentRecords {
  constructor(
    private readonly catalog: ExperimentCatalog,
    private readonly experiments: ExperimentStorage,
    private readonly view: ExperimentView,
    private readonly storage: RecordStorage,
    private readonly recorder: Recorder,
  ) {}

  /** @throws StudiesError `NOT_FOUND` */
  async summary(name: string): Promise<Summary> {
    const row = await this.catalog.get(name);
    await this.recorder.flush();
    return summarise(row, await this.storage.totals(recordedOf(row)));
  }

  /** @throws StudiesError `NOT_FOUND`, `INVALID_OPTIONS` */
  async results(name: string, query: SampleQuery): Promise<SamplePage> {
    const { limit = 20, cursor, ...filter } = check(sampleQuerySchema, query, 'The query');
    const row = await this.catalog.get(name);
    const before = cursor === undefined ? undefined : Number(cursor);
    const found = await this.storage.samples(recordedOf(row), { ...filter, limit: limit + 1, before });
    const items = found.slice(0, limit);
    return { items, nextCursor: found.length > limit ? String(items.at(-1)?.id) : null };
  }

  /** @throws StudiesError `NOT_FOUND` */
  async result(name: string, id: string): Promise<Sample> {
    const row = await this.catalog.get(name);
    const sample = /^\d{1,15}$/.test(id) ? await this.storage.sample(recordedOf(row), Number(id)) : undefined;
    if (sample !== undefined) return sample;
    throw new StudiesError('NOT_FOUND', `There is no result "${id}" of experiment "${name}". The oldest are removed.`, {
      experiment: name,
    });
  }

  /**
   * Forgets all that was recorded of an experiment, and leaves the experiment as it is.
   *
   * @throws StudiesError `NOT_FOUND`
   */
  async purge(name: string): Promise<void> {
    await this.catalog.get(name);
    await this.experiments.advanceEpoch(name);
    const row = await this.catalog.get(name);
    this.recorder.forget(name);
    this.view.put(row);
    await this.storage.forget(recordedOf(row));
  }
}

function recordedOf({ id, epoch }: ExperimentRow): Recorded {
  return { experimentId: id, epoch };
}
