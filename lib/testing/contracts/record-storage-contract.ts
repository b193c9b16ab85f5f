import type { RecordStorage } from '../../recording/storage/record.storage.js';
import type { ContractFramework } from './contract-framework.js';
import type { ContractSubject } from './contract-framework.js';
import { tallyRowsContract } from './tally-rows-contract.js';
import { tallyPeriodsContract } from './tally-periods-contract.js';
import { tallyCountsContract } from './tally-counts-contract.js';
import { tallySizeContract } from './tally-size-contract.js';
import { recordedResultsContract } from './recorded-results-contract.js';
import { writersContract } from './writers-contract.js';

/**
 * Tests the rules of a `RecordStorage`: tallies, single results and writers.
 *
 * @publicApi
 */
export function recordStorageContract(framework: ContractFramework, subject: ContractSubject<RecordStorage>): void {
  const { beforeEach, describe } = framework;
  let storage: RecordStorage;
  const current = () => storage;
  beforeEach(async () => {
    await subject.clear();
    storage = subject.storage();
  });

  describe('tallies', () => {
    tallyRowsContract(framework, current);
    tallyPeriodsContract(framework, current);
    tallyCountsContract(framework, current);
    tallySizeContract(framework, current);
  });
  describe('samples', () => recordedResultsContract(framework, current));
  describe('writers', () => writersContract(framework, current));
}
