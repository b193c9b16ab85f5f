import type { KnownExperiment } from '../../sync/known-experiment.js';
import { isSameEpoch } from '../epoch.js';
import { Entry, makeFingerprint } from './entry.js';
import type { ResultReader } from './result-reader.js';
import { TallyBuffer } from './tally-buffer.js';

/** Part of a row that epochs depend on. */
type KnownRow = Pick<KnownExperiment, 'id' | 'purges' | 'ignorePaths'>;

/** Facts that decide to which epoch a result belongs. */
export interface EpochFacts {
  /** Release of the application; empty if it is unknown. */
  readonly release: string;
  /** Finds an experiment as this process knows it. */
  find(name: string): KnownRow | undefined;
  /** Returns the fingerprint of an experiment's code. */
  fingerprint(name: string): string;
}

/**
 * Entries of this process's experiments: of each the current one, and former ones as long as they have something to write. An entry of
 * before a purge is dropped.
 */
export class Entries {
  private readonly current = new Map<string, Entry>();
  /** Entries from before an operator changed the fields that the comparison leaves out. */
  private readonly former = new Set<Entry>();

  constructor(
    private readonly facts: EpochFacts,
    private readonly makeReader: (book: TallyBuffer) => ResultReader,
  ) {}

  /**
   * Returns the entry that a result counts for; undefined if the experiment is not stored.
   *
   * @param ignoredPaths fields that its comparison left out because of an operator; by default, those that are left out now
   */
  of(name: string, ignoredPaths?: readonly string[]): Entry | undefined {
    const row = this.facts.find(name);
    if (row === undefined) return undefined;
    let known = this.refresh(name, row);
    if (known === undefined) {
      known = this.take(name, row, row.ignorePaths);
      known.ignoredPaths = row.ignorePaths;
      this.former.delete(known);
      this.current.set(name, known);
    }
    if (ignoredPaths === undefined || areSame(known.ignoredPaths, ignoredPaths)) return known;
    // The run was compared before a change, and ended after it.
    const other = this.take(name, row, ignoredPaths);
    if (other.key.fingerprint === known.key.fingerprint) return known;
    this.former.add(other);
    return other;
  }

  /** Returns all entries that still count. */
  all(): Entry[] {
    const current = this.latest();
    for (const entry of this.former) if (!counts(entry, this.facts.find(entry.name))) this.drop(entry);
    return [...current, ...this.former];
  }

  /** Returns the current entries. */
  latest(): Entry[] {
    return [...this.current.keys()].flatMap((name) => this.refresh(name, this.facts.find(name)) ?? []);
  }

  /** Drops former entries that are written. */
  settle(): void {
    for (const entry of this.former) if (!entry.isDue) this.drop(entry);
  }

  /** Drops the entries of an experiment. */
  forget(name: string): void {
    this.current.get(name)?.reader.discard();
    this.current.delete(name);
    for (const entry of this.former) if (entry.name === name) this.drop(entry);
  }

  /** Returns an experiment's current entry, unless another one must take its place. */
  private refresh(name: string, row: KnownRow | undefined): Entry | undefined {
    const entry = this.current.get(name);
    if (entry === undefined) return undefined;
    const isSame = counts(entry, row);
    if (isSame && areSame(entry.ignoredPaths, row.ignorePaths)) return entry;
    this.current.delete(name);
    if (isSame && entry.isDue) this.former.add(entry);
    else entry.reader.discard();
    return undefined;
  }

  private drop(entry: Entry): void {
    this.former.delete(entry);
    entry.reader.discard();
  }

  /** Returns the former entry of the same epoch, because two would overwrite each other's counts; a new one if there is none. */
  private take(name: string, { id, purges }: KnownRow, ignoredPaths: readonly string[]): Entry {
    const { release } = this.facts;
    const fingerprint = makeFingerprint(this.facts.fingerprint(name), ignoredPaths);
    const key = { experimentId: id, purges, release, fingerprint };
    for (const entry of this.former) if (isSameEpoch(entry.key, key)) return entry;
    const book = new TallyBuffer();
    return new Entry(name, key, ignoredPaths, { book, reader: this.makeReader(book) });
  }
}

/** Decides whether an entry's experiment is still the stored one, and has not been purged since. */
function counts({ key }: Entry, row: KnownRow | undefined): row is KnownRow {
  return row?.id === key.experimentId && row.purges === key.purges;
}

function areSame(one: readonly string[], other: readonly string[]): boolean {
  return one === other || (one.length === other.length && one.every((path, index) => path === other[index]));
}
