import { StudiesError } from '../base/errors.js';
import { nameSchema } from '../experiment/validation.js';
import { settlesWithin } from '../base/settles-within.js';
import { applyChange, checkChange } from './experiment-change.js';
import { selectPage, type ExperimentPage, type ExperimentQuery } from '../storage/experiment-query.js';
import type { ChangedExperiment, ExperimentChange, ExperimentRow, ExperimentSettings } from '../storage/experiment-row.js';
import type { ExperimentStorage } from '../storage/experiment.storage.js';
import type { ExperimentCache } from '../sync/experiment-cache.js';
import { changedSettings, type ChangeOptions } from './history/change-record.js';
import type { ExperimentHistory } from './history/experiment-history.js';
import type { ExperimentHalt } from './halt.js';
import { isOvertaken, type Hold } from '../sync/held-off.js';
import { expandRow, type KnownExperiment } from '../sync/known-experiment.js';
import { STORED_WITHIN, type TurningOff } from './turning-off.js';

/** Largest length of a halt's reason, in characters. */
const REASON = 500;

/** Number of attempts at a change when others change the same experiment at the same time. */
const ATTEMPTS = 5;

/**
 * Stored experiments, for operators. Reads the current state from the storage, and makes this process obey each change at once.
 */
export class ExperimentCatalog {
  constructor(
    private readonly storage: ExperimentStorage,
    private readonly view: ExperimentCache,
    private readonly history: ExperimentHistory,
    private readonly turningOff: TurningOff,
  ) {}

  async find(name: string): Promise<ExperimentRow | undefined> {
    // Invalid names are not looked up: databases refuse NUL, and some ignore a trailing space.
    return nameSchema.safeParse(name).success ? this.storage.find(name) : undefined;
  }

  /** Returns the experiments with these names, in their order and each once. Unknown names are left out. */
  async findSome(names: readonly string[]): Promise<ExperimentRow[]> {
    const asked = [...new Set(names)].filter((name) => nameSchema.safeParse(name).success);
    const rows = asked.length === 0 ? [] : await this.storage.findSome(asked);
    const byName = new Map(rows.map((row) => [row.name, row]));
    return asked.flatMap((name) => byName.get(name) ?? []);
  }

  /** @throws StudiesError `INVALID_OPTIONS` */
  async findAll(query: ExperimentQuery): Promise<ExperimentPage> {
    return selectPage(await this.storage.load(), query);
  }

  /** @throws StudiesError `NOT_FOUND` */
  async get(name: string): Promise<ExperimentRow> {
    const row = await this.find(name);
    if (row !== undefined) return row;
    throw new StudiesError('NOT_FOUND', `There is no experiment "${name}". See the list of experiments for existing names.`, {
      experiment: name,
    });
  }

  /**
   * Changes an experiment. This process obeys at once, the others as soon as they learn of it. An experiment that is turned off
   * is off in this process before the storage is involved, and is stored as soon as possible.
   *
   * @throws StudiesError `NOT_FOUND`, `INVALID_CHANGE`, `VERSION_CONFLICT`
   */
  async change(name: string, change: ExperimentChange, options: ChangeOptions = {}): Promise<ChangedExperiment> {
    checkChange(name, change);
    const held = change.percentEnabled === 0 ? this.view.hold(name, options.version) : undefined;
    if (held !== undefined) return this.turnOff(held, change, options);
    const { recorded, stored } = await this.changeStored(name, change, options);
    await recorded;
    return { ...stored, stored: true };
  }

  /**
   * Turns an experiment off that a guardrail has stopped, until a person turns it on again. Nothing happens if it is off, gone,
   * or changed since the version that was stopped.
   *
   * @returns true if this call turned it off
   */
  async halt({ experiment, reason, at, version }: ExperimentHalt & { readonly version: number }): Promise<boolean> {
    const row = await this.find(experiment);
    if (row?.version !== version || row.percentEnabled === 0) return false;
    const haltReason = reason.slice(0, REASON).toWellFormed();
    const settings = { ...applyChange(row, { percentEnabled: 0 }), haltedAt: at, haltReason };
    if ((await this.write(row, settings)) === undefined) return false;
    await this.history.add({ experiment, kind: 'halted', actor: null, reason, ...changedSettings(row, settings) });
    return true;
  }

  /**
   * Invalidates everything recorded of an experiment so far.
   *
   * @returns the experiment as it is then
   * @throws StudiesError `NOT_FOUND`, `VERSION_CONFLICT`
   */
  async countPurge(name: string): Promise<ExperimentRow> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const row = await this.get(name);
      if (!(await this.storage.countPurge(name, row.purges))) continue;
      const advanced = { ...row, purges: row.purges + 1 };
      this.view.put(advanced);
      return advanced;
    }
    throw conflict(name);
  }

  /**
   * Removes an experiment. If it is still in the code, its next call stores it anew, with the percentage from the code.
   *
   * @returns the row that was removed
   * @throws StudiesError `NOT_FOUND`, `VERSION_CONFLICT`
   */
  async remove(name: string, { version, actor = null }: ChangeOptions = {}): Promise<ExperimentRow> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const row = await this.getVersion(name, version);
      if (!(await this.storage.remove(name, row.version))) continue;
      this.view.drop(row);
      await this.history.add({ experiment: name, kind: 'removed', actor, reason: null, before: {}, after: {} });
      return row;
    }
    throw conflict(name);
  }

  /** Stores a change that turns an experiment off. This process obeys it already. */
  private async turnOff(
    { hold, known }: { hold: Hold; known: KnownExperiment },
    change: ExperimentChange,
    options: ChangeOptions,
  ): Promise<ChangedExperiment> {
    const { name } = hold;
    let recorded = Promise.resolve();
    const stored = await this.turningOff.turnOff(hold, async (isLater) => {
      const done = await this.changeStored(name, change, options, isLater ? hold : undefined);
      recorded = done.recorded;
      return done.stored;
    });
    if (stored === undefined) return { ...expandRow(known), percentEnabled: 0, stored: false };
    await settlesWithin(STORED_WITHIN, recorded);
    return { ...stored, stored: true };
  }

  /**
   * Changes the stored row.
   *
   * @param hold the hold, if the experiment was turned off before; later changes by others then win
   */
  private async changeStored(
    name: string,
    change: ExperimentChange,
    { version, actor = null }: ChangeOptions,
    hold?: Hold,
  ): Promise<{ stored: ExperimentRow; recorded: Promise<void> }> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const row = await this.getVersion(name, version);
      if (hold !== undefined && isOvertaken(hold, { ...row, updatedAt: row.updatedAt.getTime() })) throw conflict(name);
      const settings = applyChange(row, change);
      const stored = await this.write(row, settings);
      if (stored === undefined) continue;
      const record = { experiment: name, kind: 'changed', actor, reason: null, ...changedSettings(row, settings) } as const;
      return { stored, recorded: this.history.add(record) };
    }
    throw conflict(name);
  }

  /**
   * Writes the settings of an experiment, if its row is unchanged since it was read, and obeys them. The result is built from
   * what was written; nothing is read again.
   *
   * @returns the changed row, or undefined if somebody else was faster
   */
  private async write(row: ExperimentRow, settings: ExperimentSettings): Promise<ExperimentRow | undefined> {
    const updatedAt = new Date();
    if (!(await this.storage.update(row.name, row.version, settings, updatedAt))) return undefined;
    const stored = { ...row, ...settings, version: row.version + 1, updatedAt };
    this.view.put(stored);
    return stored;
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
