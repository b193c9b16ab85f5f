import { StudiesError } from '../experiment/errors.js';
import { nameSchema } from '../experiment/validation.js';
import { changed } from './experiment.change.js';
import { pageOf, type ExperimentPage, type ExperimentQuery } from './experiment.query.js';
import type { ExperimentChange, ExperimentRow, ExperimentSettings } from './experiment.row.js';
import type { ExperimentStorage } from './experiment.storage.js';
import type { ExperimentView } from './experiment.view.js';
import { changedSettings, type ChangeOptions } from './history/change.record.js';
import type { ExperimentHistory } from './history/experiment.history.js';
import type { Halt } from './halt.js';

/** How many characters of why a guardrail stopped an experiment are kept. */
const REASON = 500;

/** How often a change is tried anew when others change the same experiment at the same time. */
const ATTEMPTS = 5;

/** The stored experiments, for operators: reads what is stored now, and changes it under this process's eyes. */
export class ExperimentCatalog {
  constructor(
    private readonly storage: ExperimentStorage,
    private readonly view: ExperimentView,
    private readonly history: ExperimentHistory,
  ) {}

  async find(name: string): Promise<ExperimentRow | undefined> {
    // What is no name is not asked for: databases refuse NUL, and some overlook a space at the end.
    return nameSchema.safeParse(name).success ? this.storage.find(name) : undefined;
  }

  /** The experiments of these names, in their order and each once, as far as they are there. */
  async findSome(names: readonly string[]): Promise<ExperimentRow[]> {
    const asked = [...new Set(names)].filter((name) => nameSchema.safeParse(name).success);
    const rows = asked.length === 0 ? [] : await this.storage.findSome(asked);
    const byName = new Map(rows.map((row) => [row.name, row]));
    return asked.flatMap((name) => byName.get(name) ?? []);
  }

  /** @throws StudiesError `INVALID_OPTIONS` */
  async findAll(query: ExperimentQuery): Promise<ExperimentPage> {
    return pageOf(await this.storage.load(), query);
  }

  /** @throws StudiesError `NOT_FOUND` */
  async get(name: string): Promise<ExperimentRow> {
    const row = await this.find(name);
    if (row !== undefined) return row;
    throw new StudiesError('NOT_FOUND', `There is no experiment "${name}". Look at the list for the names that there are.`, {
      experiment: name,
    });
  }

  /**
   * Changes an experiment; this process obeys at once, the others as soon as they hear of it.
   *
   * @throws StudiesError `NOT_FOUND`, `INVALID_CHANGE`, `VERSION_CONFLICT`
   */
  async change(name: string, change: ExperimentChange, { version, actor = null }: ChangeOptions = {}): Promise<ExperimentRow> {
    const { row, settings, stored } = await this.stored(name, version, (found) => changed(found, change));
    await this.history.add({ experiment: name, kind: 'changed', actor, reason: null, ...changedSettings(row, settings) });
    return stored;
  }

  /**
   * Turns an experiment off that a guardrail has stopped, until a person turns it on again. One that is off, gone, or changed since
   * the version that was stopped, stays as it is.
   *
   * @returns whether it was this that turned it off
   */
  async halt({ experiment, reason, at, version }: Halt & { readonly version: number }): Promise<boolean> {
    const row = await this.find(experiment);
    if (row?.version !== version || row.percentEnabled === 0) return false;
    const haltReason = reason.slice(0, REASON).toWellFormed();
    const settings = { ...changed(row, { percentEnabled: 0 }), haltedAt: at, haltReason };
    if (!(await this.storage.update(experiment, version, settings))) return false;
    const stored = await this.find(experiment);
    if (stored !== undefined) this.view.put(stored);
    await this.history.add({ experiment, kind: 'halted', actor: null, reason, ...changedSettings(row, settings) });
    return true;
  }

  /**
   * Removes an experiment. One that is still in the code is stored anew, with the percentage from the code, when it is next
   * called.
   *
   * @returns what was stored
   * @throws StudiesError `NOT_FOUND`, `VERSION_CONFLICT`
   */
  async remove(name: string, { version, actor = null }: ChangeOptions = {}): Promise<ExperimentRow> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const row = await this.getVersion(name, version);
      if (!(await this.storage.remove(name, row.version))) continue;
      this.view.drop(name);
      await this.history.add({ experiment: name, kind: 'removed', actor, reason: null, before: {}, after: {} });
      return row;
    }
    throw conflict(name);
  }

  /** Stores what becomes of an experiment, and sees to it that this process obeys it. */
  private async stored(
    name: string,
    version: number | undefined,
    become: (row: ExperimentRow) => ExperimentSettings,
  ): Promise<{ row: ExperimentRow; settings: ExperimentSettings; stored: ExperimentRow }> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const row = await this.getVersion(name, version);
      const settings = become(row);
      if (!(await this.storage.update(name, row.version, settings))) continue;
      const stored = await this.get(name);
      this.view.put(stored);
      return { row, settings, stored };
    }
    throw conflict(name);
  }

  private async getVersion(name: string, version: number | undefined): Promise<ExperimentRow> {
    const row = await this.get(name);
    if (version === undefined || version === row.version) return row;
    throw conflict(name, { expected: version, actual: row.version });
  }
}

function conflict(name: string, versions: { expected?: number; actual?: number } = {}): StudiesError {
  return new StudiesError(
    'VERSION_CONFLICT',
    `Experiment "${name}" was changed by someone else in the meantime. Read it again, and make the change for its new version.`,
    { experiment: name, ...versions },
  );
}
