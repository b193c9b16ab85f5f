import type { ExperimentStorage } from '../../storage/experiment.storage.js';
import { freshStorage, type ContractFramework, type ContractSubject } from './contract-framework.js';
import { experimentRowsContract } from './experiment-rows-contract.js';
import { experimentSyncContract } from './experiment-sync-contract.js';

/**
 * Tests the rules of an `ExperimentStorage`.
 *
 * @publicApi
 */
export function experimentStorageContract(framework: ContractFramework, subject: ContractSubject<ExperimentStorage>): void {
  const current = freshStorage(framework, subject);
  const another = () => subject.storage();

  experimentRowsContract(framework, current, another);
  experimentSyncContract(framework, current, another);
}
