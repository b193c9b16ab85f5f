import { BadRequestException, HttpException } from '@nestjs/common';
import fc from 'fast-check';
import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ErrorSnapshot } from '../../lib/values/error-snapshot.js';
import { Laboratory, type Given } from './harness.js';

const thrower = (make: () => unknown) => () => {
  throw make();
};
const resultOf = async (control: () => unknown, candidate: () => unknown, more: Given = {}) =>
  (await new Laboratory().resultOf({ control: thrower(control), candidate: thrower(candidate), ...more })).candidates[0];
const outcomeOf = async (control: () => unknown, candidate: () => unknown) => (await resultOf(control, candidate))?.outcome;

class OutOfStock extends Error {
  constructor(readonly sku: number) {
    super('Out of stock.');
  }
}
const axios = (status: number, id: number) =>
  Object.assign(new Error('Request failed'), {
    isAxiosError: true,
    code: 'ERR_BAD_RESPONSE',
    config: { headers: { id }, transform: () => id },
    request: { socket: () => id },
    response: { status, data: { reason: 'a' }, headers: { date: id }, request: () => id },
  });
const statement = (query: string, constraint = 'unique_email') =>
  Object.assign(new Error('duplicate key'), {
    query,
    parameters: [query],
    driverError: Object.assign(new Error('duplicate key'), { severity: 'ERROR', code: '23505', constraint, line: query }),
  });

describe('two thrown errors', () => {
  it.each<[string, () => unknown, () => unknown]>([
    ['status', () => new HttpException('no', 409), () => new HttpException('no', 400)],
    ['response', () => new HttpException({ code: 'A' }, 409), () => new HttpException({ code: 'B' }, 409)],
    ['messages of a pipe', () => new BadRequestException(['name']), () => new BadRequestException(['age'])],
    [
      'extensions',
      () => new GraphQLError('no', { extensions: { code: 'FORBIDDEN' } }),
      () => new GraphQLError('no', { extensions: { code: 'INTERNAL' } }),
    ],
    ['cause', () => new Error('a', { cause: new TypeError('a') }), () => new Error('a', { cause: new TypeError('b') })],
    ['class of the cause', () => new Error('a', { cause: new TypeError('a') }), () => new Error('a', { cause: new Error('a') })],
    ['errors', () => new AggregateError([new Error('a')], 'all'), () => new AggregateError([new Error('b')], 'all')],
    ['code', () => Object.assign(new Error('a'), { code: 'A' }), () => Object.assign(new Error('a'), { code: 'B' })],
    ['field', () => new OutOfStock(1), () => new OutOfStock(2)],
    ['answer of a service', () => axios(409, 1), () => axios(404, 1)],
    ['constraint of a database', () => statement('a'), () => statement('a', 'unique_name')],
    ['class', () => new Error('a'), () => new RangeError('a')],
  ])('differ by their %s', async (_, control, candidate) => {
    expect(await outcomeOf(control, candidate)).toBe('mismatched');
    expect(await outcomeOf(control, control)).toBe('matched');
  });

  it.each<[string, () => unknown, () => unknown]>([
    ['the request, and where its answer came from', () => axios(409, 1), () => axios(409, 2)],
    ['the wording of a statement', () => statement('a'), () => statement('b')],
    [
      'ids of requests, times and stacks',
      () => Object.assign(new Error('a'), { requestId: 1, timestamp: 1 }),
      () => Object.assign(new Error('a'), { requestId: 2, timestamp: 2 }),
    ],
  ])('don’t differ by %s', async (_, control, candidate) => {
    expect(await outcomeOf(control, candidate)).toBe('matched');
  });

  it('with causes in a circle are compared', async () => {
    const circle = (message: string) => {
      const error = new Error('a', { cause: new Error(message) });
      (error.cause as Error).cause = error;
      return error;
    };
    const [first, second, third] = [circle('a'), circle('a'), circle('b')];
    expect(
      await outcomeOf(
        () => first,
        () => second,
      ),
    ).toBe('matched');
    expect(
      await outcomeOf(
        () => first,
        () => third,
      ),
    ).toBe('mismatched');
  });

  it('are compared without the fields that are left out, as the summary names them', async () => {
    const failing = (code: number, at: number) => () => Object.assign(new Error('a'), { code, response: { at, body: [{ at }] } });
    const outcome = async (ignorePaths: string[]) => (await resultOf(failing(1, 1), failing(2, 2), { ignorePaths }))?.outcome;
    expect(await outcome(['$.code', '$.response'])).toBe('matched');
    expect(await outcome(['$.code', '$.response.at', '$.response.body[*].at'])).toBe('matched');
    expect(await outcome(['$.code', '$.response.at'])).toBe('mismatched');
    const answers = [() => axios(409, 1), () => axios(404, 1)] as const;
    expect((await resultOf(...answers, { ignorePaths: ['$.response.status'] }))?.outcome).toBe('matched');
    const messages = [() => new Error('a'), () => new Error('b')] as const;
    expect((await resultOf(...messages, { ignorePaths: ['$.message'] }))?.outcome).toBe('matched');
    expect(
      (
        await resultOf(
          () => new Error('a'),
          () => new TypeError('a'),
          { ignorePaths: ['$.message'] },
        )
      )?.outcome,
    ).toBe('mismatched');
  });

  it('that keep private state are not compared', async () => {
    class Secret extends Error {
      readonly #cents = 1;
      cents() {
        return this.#cents;
      }
    }
    const laboratory = new Laboratory();
    expect(() => laboratory.call({ control: thrower(() => new Secret()), candidate: thrower(() => new Secret()) })).toThrow(
      Secret,
    );
    await laboratory.settled();
    expect([...laboratory.skipped]).toEqual([['notComparable', 1]]);
  });
});

describe('an error', () => {
  const key = fc.constantFrom('message', 'code', 'name', 'detail');
  const part = fc.oneof(fc.string(), fc.record({ a: fc.string() }));

  it('is compared and told as it was when it was thrown, whatever becomes of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), key, part, fc.boolean(), async (message, changed, value, isAsync) => {
        const make = () => Object.assign(new Error(message, { cause: new Error('cause') }), { code: 1, body: { a: ['b'] } });
        const mine = make();
        const laboratory = new Laboratory();
        const given = {
          control: isAsync ? () => Promise.reject(mine) : thrower(() => mine),
          candidate: thrower(make),
        };
        let caught: unknown;
        try {
          await laboratory.call(given);
        } catch (error) {
          caught = error;
        }
        Object.assign(mine, { [changed]: value });
        mine.body.a.push('c');
        (mine.cause as Error).message = 'changed';
        await laboratory.settled();
        expect(caught).toBe(mine);
        const [result] = laboratory.results;
        expect(result?.candidates[0]?.outcome).toBe('matched');
        expect(result?.control.toJSON()).toMatchObject({ error: { message, code: 1, body: { a: ['b'] } } });
      }),
      { numRuns: 50 },
    );
  });

  it('has its state taken in less than half of the time that it takes to make one, since the caller waits for that', () => {
    const errors = Array.from({ length: 1_000 }, () => new Error('a', { cause: new TypeError('b') }));
    const measure = (act: (error: Error) => unknown) => {
      const begun = performance.now();
      for (const error of errors) act(error);
      return performance.now() - begun;
    };
    const rounds = Array.from({ length: 20 }, () => ({
      take: measure((error) => new ErrorSnapshot(error)),
      make: measure(({ message, cause }) => new Error(message, { cause: new TypeError((cause as Error).message) })), // it is one
    }));
    const least = (of: 'take' | 'make') => Math.min(...rounds.map((round) => round[of]));
    expect(least('take')).toBeLessThan(least('make') / 2);
  });

  it('that lists itself, proxies and the same error twice is copied as it is', () => {
    const target = { a: 1 };
    const asked: PropertyKey[] = [];
    const handler = new Proxy({}, { get: (_, trap) => void asked.push(trap) });
    const shared = new RangeError('shared');
    const error = new AggregateError([shared, shared], 'all', { cause: new Proxy(target, handler) });
    error.errors.push(error, new Proxy(error, handler));
    const copied = new ErrorSnapshot(error).error as AggregateError; // it is a copy of one
    expect([copied === error, copied instanceof AggregateError, copied.message]).toEqual([false, true, 'all']);
    const [one, two, itself, proxy] = copied.errors as [unknown, unknown, unknown, unknown]; // as many as were given
    expect([one === shared, one === two, itself === copied, proxy === error.errors[3]]).toEqual([false, true, true, true]);
    expect(copied.cause).toBe(error.cause);
    expect(asked).toEqual([]);
  });

  it('is not copied while its caller waits, if it has very many properties', () => {
    const error = new Error('many');
    for (let index = 0; index < 3_000; index += 1) Object.assign(error, { [`name${index}`]: {} });
    expect(new ErrorSnapshot(error).error).toBe(error);
    expect(new ErrorSnapshot(new Error('few', { cause: error })).error).toMatchObject({ message: 'few', cause: error });
  });

  it('keeps its class, its stack and its properties in the result', async () => {
    const failure = new OutOfStock(1);
    const candidate = await resultOf(
      () => failure,
      () => failure,
    );
    const observed = candidate?.kind === 'threw' ? (candidate.error as OutOfStock) : undefined;
    expect(observed).toBeInstanceOf(OutOfStock);
    expect([observed?.sku, observed?.message, observed?.stack]).toEqual([1, failure.message, failure.stack]);
  });
});
