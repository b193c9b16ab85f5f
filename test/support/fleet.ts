import { GuardrailWatches } from '../../lib/experiment/guardrails/guardrail-watches.js';
import type { Guardrails } from '../../lib/experiment/guardrails.js';
import type { Outcome } from '../../lib/experiment/observation.js';
import { TallyBuffer } from '../../lib/recording/writing/tally-buffer.js';
import { MemoryTallyStorage } from '../../lib/recording/storage/memory/memory-tally.storage.js';
import { SharedEvidence } from '../../lib/recording/writing/shared-evidence.js';
import { Statements } from '../../lib/database/statements.js';
import { observed } from './recording.js';
import type { ExperimentEpoch } from '../../lib/recording/recorded.js';

const OF: ExperimentEpoch = { experimentId: 1, epoch: 0 };

/** A process of a fleet: counts its runs, writes them, and looks at what the others have written. */
export class FleetProcess {
  /** Why it has stopped the experiment. */
  readonly halts: string[] = [];
  private book = new TallyBuffer();
  private watches: GuardrailWatches;
  private readonly evidence: SharedEvidence;
  private place: { writer: number };

  constructor(
    private readonly storage: MemoryTallyStorage,
    writer: number,
    private readonly guardrails: Partial<Guardrails> = {},
  ) {
    this.place = { writer };
    this.watches = this.watching(0);
    const surroundings = {
      tallies: storage,
      statements: new Statements(),
      asking: () => (this.watches.asks() ? this.watches : undefined),
    };
    this.evidence = new SharedEvidence(surroundings, 2_000);
  }

  /** Learns that the settings were changed. */
  change(at: number): void {
    this.watches = this.watching(at);
  }

  /** Goes on under another number. */
  moveTo(writer: number): void {
    this.place = { writer };
  }

  run(outcome: Outcome, now: number, candidate = 'v2'): void {
    this.watches.observe(candidate, { outcome, duration: 1, control: 1, blocked: 0 });
    const tally = this.book.tallyOf(candidate);
    tally.ran(now);
    tally.observed(observed(candidate, { outcome }));
  }

  /** Writes what it has counted. */
  write(now: number): void {
    const { book, storage, place } = this;
    book.writeAt(place, OF);
    if (book.needsLoading) book.load(storage.ofWriter(place.writer, [OF], now - (now % 60_000)));
    book.settle(now);
    storage.write(book.unwritten());
    book.confirm();
  }

  /** Writes, and looks at what others have written, as at each flush. */
  async flush(now: number): Promise<void> {
    this.write(now);
    await this.evidence.look([{ name: 'search', of: OF }], this.place.writer, now);
  }

  private watching(since: number): GuardrailWatches {
    return new GuardrailWatches(this.guardrails, since, (reason) => this.halts.push(reason));
  }
}
