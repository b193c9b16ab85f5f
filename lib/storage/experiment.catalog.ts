import { StudiesError } from '../experiment/errors.js';
import { nameSchema } from '../experiment/validation.js';
import { changed } from './experiment.change.js';
import { pageOf, type ExperimentPage, type ExperimentQuery } from './experiment.query.js';
import type { ExperimentChange, ExperimentRow } from './experiment.row.js';
import type { ExperimentStorage } from './experiment.storage.js';
import type { ExperimentView } from './experiment.view.js';

/** How often a change is tried anew when others change the same experiment at the same time. */
const ATTEMPTS = 5;

/** The stored experiments, for operators: reads what is stored now, and changes it under this process's eyes. */
export class ExperimentCatalog {
  constructor(
    private readonly storage: ExperimentStorage,
    private readonly view: ExperimentView,
  ) {}

  async find(name: string): Promise<ExperimentRow | undefined> {
    // What is no name is not asked for: databases refuse NUL, and some overlook a space at the end.
    return nameSchema.safeParse(name).success ? this.storage.find(name) : undefined;
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
   * Changes an experiment; this process obeys at once, the others with their next refresh.
   *
   * @param version the one that the change was made for; undefined: whatever it is
   * @throws StudiesError `NOT_FOUND`, `INVALID_CHANGE`, `VERSION_CONFLICT`
   */
  async change(name: string, change: ExperimentChange, version?: number): Promise<ExperimentRow> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const row = await this.getVersion(name, version);
      if (!(await this.storage.update(name, row.version, changed(row, change)))) continue;
      const stored = await this.get(name);
      this.view.put(stored);
      return stored;
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
  async remove(name: string, version?: number): Promise<ExperimentRow> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const row = await this.getVersion(name, version);
      if (!(await this.storage.remove(name, row.version))) continue;
      this.view.drop(name);
      return row;
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
