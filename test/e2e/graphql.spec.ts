import { Inject, Injectable, type Provider } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import {
  Args,
  Context,
  Field,
  GraphQLModule,
  Info,
  Int,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import type { GraphQLResolveInfo } from 'graphql';
import { describe, expect, it } from 'vitest';
import { Candidate, Experiment } from '../../lib/index.js';
import { anApp, type RunningApp } from '../support/app.js';

@ObjectType()
class City {
  @Field()
  name!: string;

  @Field(() => Int)
  inhabitants!: number;
}

/** What the driver hands to resolvers about the request. */
interface GraphQLContext {
  readonly reply: { readonly request: { readonly headers: Record<string, string> } };
}

@Resolver(() => City)
class CityResolver {
  readonly asked: unknown[][] = [];

  @Query(() => [City])
  @Experiment({ name: 'cities', candidate: 'citiesV2', percentEnabled: 100 })
  async cities(@Args('name') name: string, @Args('limit', { type: () => Int }) limit: number) {
    return Promise.resolve([{ name, inhabitants: limit }]);
  }

  async citiesV2(name: string, limit: number) {
    this.asked.push([name, limit]);
    return Promise.resolve([{ name: name.toUpperCase(), inhabitants: limit }]);
  }

  @Experiment({ name: 'label', candidate: 'labelV2', percentEnabled: 100 })
  @ResolveField(() => String)
  label(@Parent() city: City) {
    return `${city.name} (${city.inhabitants})`;
  }

  labelV2(city: City) {
    return `${city.name} (${city.inhabitants})`;
  }

  @Mutation(() => Int)
  @Experiment({ name: 'rename', candidate: 'renameV2', percentEnabled: 100 })
  rename(@Args('name') name: string) {
    return name.length;
  }

  renameV2(_name: string): never {
    throw new RangeError('The new code is wrong.');
  }

  @Query(() => String)
  @Experiment({ name: 'failing', candidate: 'failingV2', percentEnabled: 100 })
  failing(): string {
    throw new TypeError('The old code is wrong.');
  }

  failingV2(): string {
    return 'right';
  }

  @Query(() => String)
  @Experiment({ name: 'elsewhere', percentEnabled: 100 })
  elsewhere(@Args('name') name: string) {
    return name;
  }
}

@Injectable()
class Elsewhere {
  @Candidate({ experiment: 'elsewhere' })
  find(name: string) {
    return name;
  }
}

@Resolver()
class ContextResolver {
  @Query(() => String)
  @Experiment({
    name: 'user',
    candidate: 'userV2',
    percentEnabled: 100,
    // The context holds the request, which can be used up.
    candidateArgs: ({ reply: { request } }, { fieldName }) => [
      { reply: { request: { headers: request.headers } } },
      { fieldName },
    ],
  })
  user(@Context() context: GraphQLContext, @Info() info: GraphQLResolveInfo) {
    return `${info.fieldName} ${context.reply.request.headers['x-user'] ?? ''}`;
  }

  userV2(context: GraphQLContext, info: GraphQLResolveInfo) {
    return this.user(context, info);
  }
}

@Resolver()
class ScopedResolver {
  constructor(@Inject(REQUEST) private readonly request: GraphQLContext) {}

  @Query(() => String)
  @Experiment({ name: 'scoped', candidate: 'scopedV2', percentEnabled: 100 })
  scoped() {
    return this.request.reply.request.headers['x-user'] ?? '';
  }

  scopedV2() {
    return this.request.reply.request.headers['x-user'] ?? '';
  }
}

describe('@Experiment on a GraphQL resolver', () => {
  const start = (...resolvers: Provider[]) =>
    anApp('fastify')
      .testing()
      .imports(GraphQLModule.forRoot<MercuriusDriverConfig>({ driver: MercuriusDriver, autoSchemaFile: true }))
      .providers(...resolvers)
      .start();

  const ask = async (app: RunningApp, query: string, headers: Record<string, string> = {}) => {
    const { body } = await app.send('POST', '/graphql', { query }, headers);
    await app.whenIdle();
    return body;
  };

  it('answers what the control gives, and hands the candidate the same arguments', async () => {
    const app = await start(CityResolver, Elsewhere);

    expect(await ask(app, '{ cities(name: "Bern", limit: 3) { name inhabitants } }')).toEqual({
      data: { cities: [{ name: 'Bern', inhabitants: 3 }] },
    });
    expect(app.provider(CityResolver).asked).toEqual([['Bern', 3]]);
    expect(app.results.results('cities').map(({ mismatched }) => mismatched)).toEqual([true]);
  });

  it('runs for fields and mutations too', async () => {
    const app = await start(CityResolver, Elsewhere);

    expect(await ask(app, '{ cities(name: "Bern", limit: 3) { label } }')).toEqual({ data: { cities: [{ label: 'Bern (3)' }] } });
    expect(await ask(app, 'mutation { rename(name: "Bern") }')).toEqual({ data: { rename: 4 } });
    expect(app.results.results('label').map(({ matched }) => matched)).toEqual([true]);
    expect(app.results.results('rename').map(({ candidates }) => candidates[0]?.outcome)).toEqual(['errored']);
  });

  it('answers the error of the control', async () => {
    const app = await start(CityResolver, Elsewhere);

    expect(await ask(app, '{ failing }')).toMatchObject({ data: null, errors: [{ message: 'The old code is wrong.' }] });
    expect(app.results.results('failing').map(({ mismatched }) => mismatched)).toEqual([true]);
  });

  it('runs candidates of other classes', async () => {
    const app = await start(CityResolver, Elsewhere);

    expect(await ask(app, '{ elsewhere(name: "Bern") }')).toEqual({ data: { elsewhere: 'Bern' } });
    expect(app.results.results('elsewhere').map(({ matched }) => matched)).toEqual([true]);
  });

  it('has one instance as `this` for each request where the resolver is request-scoped', async () => {
    const app = await start(ScopedResolver);

    const answers = await Promise.all(['ada', 'bob', 'cyd'].map((user) => ask(app, '{ scoped }', { 'x-user': user })));

    expect(answers).toEqual([{ data: { scoped: 'ada' } }, { data: { scoped: 'bob' } }, { data: { scoped: 'cyd' } }]);
    expect(app.results.results('scoped').map(({ matched }) => matched)).toEqual([true, true, true]);
  });

  it('may take @Context() and @Info()', async () => {
    const app = await start(ContextResolver);

    expect(await ask(app, '{ user }', { 'x-user': 'ada' })).toEqual({ data: { user: 'user ada' } });
    expect(app.results.results('user').map(({ matched }) => matched)).toEqual([true]);
  });
});
