import type { RecordStorage } from '../../recording/storage/record.storage.js';
import { freshStorage, type ContractFramework, type ContractSubject } from './contract-framework.js';
import { epochsContract } from './epochs-contract.js';
import { tallyRowsContract } from './tally-rows-contract.js';
import { tallyPeriodsContract } from './tally-periods-contract.js';
import { tallyCountsContract } from './tally-counts-contract.js';
import { tallySizeContract } from './tally-size-contract.js';
import { recordedResultsContract } from './recorded-results-contract.js';
import { writersContract } from './writers-contract.js';

/**
 * Tests the rules of a `RecordStorage`: tallies, single results, epochs and writers.
 *
 * @publicApi
 */
export function recordStorageContract(framework: ContractFramework, subject: ContractSubject<RecordStorage>): void {
  const { describe } = framework;
  const current = freshStorage(framework, subject);

  describe('tallies', () => {
    tallyRowsContract(framework, current);
    tallyPeriodsContract(framework, current);
    tallyCountsContract(framework, current);
    tallySizeContract(framework, current);
  });
  describe('samples', () => recordedResultsContract(framework, current));
  describe('epochs', () => epochsContract(framework, current));
  describe('writers', () => writersContract(framework, current));
}
