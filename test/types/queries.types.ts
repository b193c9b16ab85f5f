import type { z } from 'zod';
import type { ExperimentQuery, HistoryQuery, RecordedResultQuery, StudiesModuleAsyncOptions } from '../../lib/index.js';
import type { historyQuerySchema } from '../../lib/operations/history/change-record.js';
import type { recordedResultQuerySchema } from '../../lib/recording/storage/recorded-result.js';
import type { querySchema } from '../../lib/storage/experiment-query.js';
import { StudiesModule } from '../../lib/index.js';

/** Compiles only if two types have the same properties, of the same types. */
type Same<One extends Required<Other>, Other extends Required<One>> = [One, Other];

/** What is documented for programs is what the schemas take. */
export type ExperimentQueries = Same<Required<ExperimentQuery>, Required<z.input<typeof querySchema>>>;
export type HistoryQueries = Same<Required<HistoryQuery>, Required<z.input<typeof historyQuerySchema>>>;
export type RecordedResultQueries = Same<Required<RecordedResultQuery>, Required<z.input<typeof recordedResultQuerySchema>>>;

const inject = ['LIMIT'];
StudiesModule.forRootAsync({ useFactory: (limit: number) => ({ maxCandidates: limit }), inject, dataSource: 'a', admin: false });
// @ts-expect-error no such option
StudiesModule.forRootAsync({ useFactory: () => ({}), dataSources: 'a' });
// @ts-expect-error the factory gives no options
StudiesModule.forRootAsync({ useFactory: () => 1 });

export type Asynchronous = Pick<StudiesModuleAsyncOptions, 'useClass' | 'useExisting' | 'imports' | 'storage'>;
