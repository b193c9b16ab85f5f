import { hashTexts } from '../../experiment/code-fingerprint.js';
import type { EpochKey, EpochRow, NewEpoch } from '../epoch.js';
import { identifyResults } from '../epoch.js';
import { makeSalt } from '../evidence/keyed-hash.js';
import type { ExperimentEpoch } from '../recorded.js';
import type { RecordedResult } from '../storage/recorded-result.js';
import type { ResultReader } from './result-reader.js';
import type { TallyBuffer } from './tally-buffer.js';

/** Time, in ms, for which an epoch that was found in the storage is taken to be there. One that nobody uses may be removed after an hour. */
const FOUND_FOR = 600_000;

/** Parts of an entry that count. */
interface Counting {
  readonly book: TallyBuffer;
  readonly reader: ResultReader;
}

/** Recording state of one experiment in one epoch. */
export class Entry {
  readonly samples: RecordedResult[] = [];
  /** Number of consecutive failures to store its results while its counts could be written. */
  attempts = 0;
  /** True once dropped results were reported, until results can be stored again. */
  isGivenUp = false;
  readonly book: TallyBuffer;
  readonly reader: ResultReader;
  /** Salt of its epoch; until the epoch was found in the storage, the one that is proposed for it. */
  private salt = makeSalt();
  private entered: { readonly of: ExperimentEpoch; readonly at: number } | undefined;

  constructor(
    readonly name: string,
    readonly key: EpochKey,
    /** Fields that an operator excludes from the comparison. */
    public ignoredPaths: readonly string[],
    { book, reader }: Counting,
  ) {
    this.book = book;
    this.reader = reader;
  }

  /** Identity of its results; undefined until the epoch was found in the storage. */
  get of(): ExperimentEpoch | undefined {
    return this.entered?.of;
  }

  /** True if there is something to write. */
  get isDue(): boolean {
    return this.book.isDue || this.samples.length > 0;
  }

  /** Decides whether its epoch must be looked up in the storage before it is written. */
  mustEnter(now: number): boolean {
    return this.entered === undefined || Math.abs(now - this.entered.at) > FOUND_FOR;
  }

  /** Form in which its epoch is entered. One that was removed meanwhile is added again with the same salt. */
  get proposal(): NewEpoch {
    return { ...this.key, salt: this.salt };
  }

  /** Takes the number and the salt of its epoch. */
  enter(row: EpochRow, now: number): void {
    this.entered = { of: identifyResults(row), at: now };
    this.salt = row.salt;
    this.reader.takeSalt(row.salt);
  }
}

/** Makes the fingerprint of an experiment's code together with the fields that an operator excludes from the comparison. */
export function makeFingerprint(code: string, ignoredPaths: readonly string[]): string {
  return hashTexts([code, ...[...new Set(ignoredPaths)].sort()]);
}
