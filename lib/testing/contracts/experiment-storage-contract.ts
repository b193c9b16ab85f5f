import type { ExperimentStorage } from '../../storage/experiment.storage.js';
import type { ContractFramework } from './contract-framework.js';
import type { ContractSubject } from './contract-framework.js';
import { experimentRowsContract } from './experiment-rows-contract.js';
import { experimentSyncContract } from './experiment-sync-contract.js';

/**
 * Tests the rules of an `ExperimentStorage`.
 *
 * @publicApi
 */
export function experimentStorageContract(framework: ContractFramework, subject: ContractSubject<ExperimentStorage>): void {
  let storage: ExperimentStorage;
  const current = () => storage;
  const another = () => subject.storage();
  framework.beforeEach(async () => {
    await subject.clear();
    storage = subject.storage();
  });

  experimentRowsContract(framework, current, another);
  experimentSyncContract(framework, current, another);
}
