import { Inject, Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { expect, it, vi } from 'vitest';
import { Experiment } from '../../lib/index.js';

@Injectable()
class Repository {
  find(): string[] {
    return ['from the database'];
  }
}

@Injectable()
class Search {
  constructor(@Inject(Repository) private readonly repository: Repository) {}

  @Experiment({ name: 'search', candidate: 'searchV2' })
  search(): string[] {
    return this.repository.find();
  }

  searchV2(): string[] {
    return this.repository.find();
  }
}

/** What mock libraries make: each property is a function that gives what is said, or another such mock. */
const mock = (gives?: () => unknown): unknown =>
  new Proxy(function () {}, {
    get: (_, key) => (key === 'then' ? undefined : mock(gives)),
    apply: () => gives?.(),
  });

it.each<[string, () => unknown]>([
  ['nothing', () => undefined],
  ['an empty object', () => ({})],
  ['a mock whose methods give nothing', () => mock()],
  ['a mock whose methods give mocks', () => mock(() => mock())],
  ['an object whose methods are spies', () => ({ attach: vi.fn(), find: vi.fn(), runner: vi.fn() })],
])('a decorated method works as without the decorator where a test injects %s for the rest', async (_, rest) => {
  const module = await Test.createTestingModule({ providers: [Search] })
    .useMocker((token) => (token === Repository ? { find: () => ['mocked'] } : rest()))
    .compile();
  try {
    expect(module.get(Search).search()).toEqual(['mocked']);
  } finally {
    await module.close();
  }
});
