export type { ContractExpect, ContractFramework, ContractMatchers, ContractSubject } from './contracts/contract-framework.js';
export { experimentStorageContract } from './contracts/experiment-storage-contract.js';
export { historyStorageContract } from './contracts/history-storage-contract.js';
export { orphansContract } from './contracts/orphans-contract.js';
export { recordStorageContract } from './contracts/record-storage-contract.js';
export { RecordingPublisher } from './recording.publisher.js';
export { StudiesTestingModule, type StudiesTestingOptions } from './studies-testing.module.js';
export { MemoryStudiesStorage, type MemoryStudiesStorageOptions } from '../studies/memory-studies.storage.js';
