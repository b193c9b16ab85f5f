import { GuardrailWatches } from '../../dist/experiment/guardrails/guardrail-watches.js';
import { TallyBuffer } from '../../dist/recording/writing/tally-buffer.js';
import { MemoryTallyStorage } from '../../dist/recording/storage/memory/memory-tally.storage.js';
import { SharedEvidence } from '../../dist/recording/writing/shared-evidence.js';
import { Statements } from '../../dist/database/statements.js';
import { chance } from '../support/chance.js';

const OF = { experimentId: 1, epoch: 0 };
const NOON = Date.UTC(2026, 10, 24, 12);
const STEP = 50;

/** A process of a simulated fleet, with a clock of its own for when it calls and when it writes. */
class Process {
  halts = 0;
  flushAt = Infinity;
  book = new TallyBuffer(OF);
  statements = new Statements();
  watches = new GuardrailWatches({}, 0, () => (this.halts += 1));

  constructor(storage, writer, callAt) {
    this.storage = storage;
    this.place = { writer };
    this.callAt = callAt;
    const asking = () => (this.watches.asks() ? this.watches : undefined);
    this.evidence = new SharedEvidence({ tallies: storage, statements: this.statements, asking }, 2_000);
  }

  run(outcome, now) {
    this.watches.observe('candidate', { outcome, duration: 1, control: 1, blocked: 0 });
    const tally = this.book.tallyOf('candidate');
    tally.ran(now);
    tally.observed({ outcome });
  }

  async flush(now) {
    const { book, storage, place } = this;
    book.writeAt(place);
    if (book.needsLoading) book.load(storage.ofWriter(place.writer, [OF.experimentId], now - (now % 60_000)));
    book.settle(now);
    storage.write(book.unwritten());
    book.confirm();
    await this.evidence.look([{ name: 'experiment', of: OF }], place.writer, now);
  }
}

/**
 * Has many processes make a call every so many ms each, and write within a second. Gives how many runs have failed, and how many seconds
 * it was, until one of them stops the experiment; `undefined` if none does.
 */
export async function simulated({ processes: count, every, share, seed, seconds }) {
  const draw = chance(seed);
  const storage = new MemoryTallyStorage();
  const processes = Array.from({ length: count }, (_, index) => new Process(storage, index + 1, draw() * every));
  let failed = 0;
  for (let at = 0; at < seconds * 1_000; at += STEP) {
    for (const process of processes) {
      if (at >= process.callAt) {
        const isFailed = draw() < share;
        failed += Number(isFailed);
        process.run(isFailed ? 'errored' : 'matched', NOON + at);
        process.callAt += every;
        if (process.flushAt === Infinity) process.flushAt = at + 800 + draw() * 150;
      }
      if (at >= process.flushAt) {
        process.flushAt = Infinity;
        await process.flush(NOON + at);
      }
      if (process.halts > 0) return { failed, seconds: at / 1_000 };
    }
  }
  return undefined;
}
