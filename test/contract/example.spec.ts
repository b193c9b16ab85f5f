import { beforeEach, describe, expect, it } from 'vitest';
import { experimentStorageContract, historyStorageContract, recordStorageContract } from '../../lib/testing/index.js';
import { readDocuments, snippetsOf } from '../support/documents.js';
import { Shelf, ShelfStorage } from '../support/shelf.storage.js';
import { readFileSync } from 'node:fs';

const framework = { describe, it, beforeEach, expect };

describe('the storage that docs/storage.md shows', () => {
  let storage: ShelfStorage;
  const clear = () => (storage = new ShelfStorage(new Shelf()));

  describe('keeps experiments', () => experimentStorageContract(framework, { storage: () => storage.experiments, clear }));
  describe('keeps records', () => recordStorageContract(framework, { storage: () => storage.records, clear }));
  describe('keeps the history', () => historyStorageContract(framework, { storage: () => storage.history, clear }));

  it('is the one that is tested here', () => {
    const document = readDocuments().find(({ path }) => path === 'docs/storage.md');
    const tested = readFileSync(new URL('../support/shelf.storage.ts', import.meta.url), 'utf8');
    expect(document && snippetsOf(document, 'ts').map(({ code }) => code.trim())).toContain(tested.trim());
  });
});
