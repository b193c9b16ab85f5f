import { libraryVersion } from '../../base/library-version.js';
import type { ExperimentResults } from '../experiment-results.js';
import { makeReceipt } from './make-receipt.js';
import type { ExperimentReceipt } from './receipt.js';

/** Receipts of experiments, over all processes, as far as they have written their results. */
export class ExperimentReceipts {
  constructor(private readonly results: ExperimentResults) {}

  /**
   * @param epoch number of the epoch; by default, the current one
   * @throws StudiesError `NOT_FOUND`
   */
  async of(name: string, epoch?: number): Promise<ExperimentReceipt> {
    return makeReceipt(await this.results.measured(name, epoch), libraryVersion(), new Date());
  }
}
