import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { PubSub } from 'graphql-subscriptions';
import { ProductsModule } from '../products/products.module';
import { CatalogResolver } from './catalog.resolver';
import { ChangesResolver } from './changes.resolver';
import { CategoriesLoader } from './categories.loader';

@Module({
  imports: [
    ProductsModule,
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      sortSchema: true,
      graphiql: false,
      includeStacktraceInErrorResponses: false,
      subscriptions: { 'graphql-ws': true },
      context: (context: object) => context,
    }),
  ],
  providers: [CatalogResolver, ChangesResolver, CategoriesLoader, { provide: PubSub, useValue: new PubSub() }],
})
export class CatalogModule {}
