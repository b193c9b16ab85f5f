import { ExperimentCatalog } from '../../operations/experiment-catalog.js';
import { ExperimentHistory } from '../../operations/history/experiment-history.js';
import { RecordStorage } from '../../recording/storage/record.storage.js';
import { Recorder } from '../../recording/writing/recorder.js';
import { ExperimentCharts } from '../../reports/experiment-charts.js';
import { ExperimentFigures } from '../../reports/experiment-figures.js';
import { ExperimentResults } from '../../reports/experiment-results.js';
import { provideClass } from './provide.js';

/** Providers of the reports on recorded results. */
export const REPORTS_PROVIDERS = [
  provideClass(ExperimentResults, [ExperimentCatalog, RecordStorage, Recorder, ExperimentHistory]),
  provideClass(ExperimentFigures, [ExperimentCatalog, RecordStorage, Recorder]),
  provideClass(ExperimentCharts, [ExperimentCatalog, RecordStorage, Recorder]),
];
