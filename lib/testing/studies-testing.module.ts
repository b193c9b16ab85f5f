import { Module, type DynamicModule } from '@nestjs/common';
import { z } from 'zod';
import { TEST_LIMITS } from '../experiment/process-limits.js';
import { check, percentSchema } from '../experiment/validation.js';
import { Publisher } from '../publishing/publisher.js';
import { studiesCore } from '../studies/studies.core.js';
import { requireOptions, resolveSettings, type StudiesExtras, type StudiesOptions } from '../studies/studies.options.js';
import { MemoryStudiesStorage } from '../studies/memory-studies.storage.js';
import { fixedClock } from './fixed-clock.js';
import { RecordingPublisher } from './recording.publisher.js';

/**
 * What `StudiesTestingModule.forRoot()` takes beside the options of the module itself.
 *
 * @publicApi
 */
export interface StudiesTestingOptions extends StudiesOptions, Pick<StudiesExtras, 'imports'> {
  /**
   * The percentage of every experiment, whatever its code says.
   *
   * @default 100
   */
  percentEnabled?: number;

  /** Durations of behaviours by their names, in ms, instead of measured ones: for tests of what reads durations. */
  durations?: Readonly<Record<string, number>>;
}

const schema = z.object({
  percentEnabled: percentSchema.optional(),
  durations: z.record(z.string(), z.number().min(0)).optional(),
});

/**
 * Takes the place of `StudiesModule` in tests: needs no database, runs every experiment at each call, and keeps the results in a
 * `RecordingPublisher`, unless `publisher` says otherwise. Nothing is counted for summaries, unless `defaults: { record: true }` says so, and nothing is
 * skipped or stopped because of what candidates do. With `raiseOnMismatch: true`, callers get a `MismatchError` where a candidate differs.
 *
 * @publicApi
 */
@Module({})
export class StudiesTestingModule {
  /** @throws StudiesError when an option is wrong */
  static forRoot(options: StudiesTestingOptions = {}): DynamicModule {
    requireOptions(options, 'StudiesTestingModule.forRoot()');
    const { percentEnabled = 100, durations = {}, imports = [], publisher = RecordingPublisher, ...rest } = options;
    check(schema, { percentEnabled, durations }, 'The options of StudiesTestingModule');
    const core = studiesCore({
      settings: {
        useFactory: () => ({
          ...resolveSettings({ ...rest, publisher, defaults: { record: false, ...rest.defaults } }),
          limits: TEST_LIMITS,
        }),
      },
      storage: { useFactory: () => new MemoryStudiesStorage({ percentEnabled, guardrails: false }) },
      clock: fixedClock(durations),
    });
    const recording = publisher === RecordingPublisher ? [{ provide: RecordingPublisher, useExisting: Publisher }] : [];
    return {
      module: StudiesTestingModule,
      ...core,
      imports: [...imports, ...core.imports],
      providers: [...core.providers, ...recording],
      exports: [...core.exports, ...recording],
    };
  }
}
