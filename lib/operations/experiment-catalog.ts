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

/** How many characters of why a guardrail stopped an experiment are kept. */
const REASON = 500;

/** How often a change is tried anew when others change the same experiment at the same time. */
const ATTEMPTS = 5;

/** The stored experiments, for operators: reads what is stored now, and changes it under this process's eyes. */
export class ExperimentCatalog {
  constructor(
    private readonly storage: ExperimentStorage,
    private readonly view: ExperimentCache,
    private readonly history: ExperimentHistory,
    private readonly turningOff: TurningOff,
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
    return selectPage(await this.storage.load(), query);
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
   * Changes an experiment; this process obeys at once, the others as soon as they hear of it. One that is turned off is off in this process
   * before anything is asked of the storage, and is stored when that can be.
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
   * Turns an experiment off that a guardrail has stopped, until a person turns it on again. One that is off, gone, or changed since
   * the version that was stopped, stays as it is.
   *
   * @returns whether it was this that turned it off
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
   * Makes what was recorded of an experiment so far count no more.
   *
   * @returns the experiment as it is then
   * @throws StudiesError `NOT_FOUND`, `VERSION_CONFLICT`
   */
  async advanceEpoch(name: string): Promise<ExperimentRow> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const row = await this.get(name);
      if (!(await this.storage.advanceEpoch(name, row.epoch))) continue;
      const advanced = { ...row, epoch: row.epoch + 1 };
      this.view.put(advanced);
      return advanced;
    }
    throw conflict(name);
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
      this.view.drop(row);
      await this.history.add({ experiment: name, kind: 'removed', actor, reason: null, before: {}, after: {} });
      return row;
    }
    throw conflict(name);
  }

  /** Has an experiment that is off in this process stored so, with all else that is changed. */
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
   * Changes what is stored.
   *
   * @param hold the experiment as it was turned off before, if it was; what somebody has changed since stays as it is
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
   * Writes what is set of an experiment, if it is still as it was read, and obeys it. What is written is what is given: it is not read again.
   *
   * @returns the experiment as it is then; nothing when somebody else was faster
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
