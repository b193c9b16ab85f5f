export { RecordingPublisher } from './recording.publisher.js';
export { StudiesTestingModule, type StudiesTestingOptions } from './studies-testing.module.js';
