import { ExperimentCatalog } from '../../operations/experiment-catalog.js';
import { ExperimentHistory } from '../../operations/history/experiment-history.js';
import { RecordStorage } from '../../recording/storage/record.storage.js';
import { Recorder } from '../../recording/writing/recorder.js';
import { ExperimentCharts } from '../../reports/experiment-charts.js';
import { ExperimentEpochs } from '../../reports/experiment-epochs.js';
import { ExperimentFigures } from '../../reports/experiment-figures.js';
import { ExperimentResults } from '../../reports/experiment-results.js';
import { ExperimentReceipts } from '../../reports/receipt/experiment-receipts.js';
import { provideClass, provideNamed } from './provide.js';
import { REGISTRY } from './tokens.js';

/** Providers of the reports on recorded results. */
export const REPORTS_PROVIDERS = [
  provideClass(ExperimentEpochs, [ExperimentCatalog, RecordStorage, Recorder]),
  provideNamed(
    ExperimentResults,
    {
      catalog: ExperimentCatalog,
      storage: RecordStorage,
      epochs: ExperimentEpochs,
      recorder: Recorder,
      history: ExperimentHistory,
      known: REGISTRY,
    },
    (parts) => new ExperimentResults(parts),
  ),
  provideClass(ExperimentReceipts, [ExperimentResults]),
  provideClass(ExperimentFigures, [ExperimentCatalog, RecordStorage, ExperimentEpochs, REGISTRY]),
  provideClass(ExperimentCharts, [ExperimentCatalog, RecordStorage, ExperimentEpochs]),
];
