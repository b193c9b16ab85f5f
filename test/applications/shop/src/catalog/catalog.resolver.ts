import { UseGuards } from '@nestjs/common';
import { Args, Context, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { PubSub } from 'graphql-subscriptions';
import { JwtAuthGuard } from '../auth/jwt-auth.guard';
import { Tried } from '../experiments/tried';
import { Product } from '../products/product.entity';
import { ProductsService } from '../products/products.service';
import { CatalogPage, ProductInput } from './catalog.types';
import { CategoriesLoader } from './categories.loader';

@Resolver(() => Product)
export class CatalogResolver {
  constructor(
    private readonly products: ProductsService,
    private readonly categories: CategoriesLoader,
    private readonly changes: PubSub,
  ) {}

  @Query(() => CatalogPage, { name: 'products' })
  @Tried('catalog.products', { reads: true })
  page(
    @Args('search', { nullable: true }) search?: string,
    @Args('limit', { type: () => Int, defaultValue: 10 }) limit = 10,
  ): Promise<CatalogPage> {
    return this.products.search({ ...(search === undefined ? {} : { search }), limit, page: 1 });
  }

  @Query(() => Product, { description: 'One product.' })
  @Tried('catalog.product', { reads: true })
  product(@Args('id', { type: () => ID }) id: string): Promise<Product> {
    return this.products.find(Number(id));
  }

  /** Loads the categories of all products of a page at once. */
  @ResolveField(() => [String])
  @Tried('catalog.category-names', { reads: true })
  async categoryNames(@Parent() product: Product): Promise<string[]> {
    return this.categories.namesOf(product.id);
  }

  @ResolveField(() => String)
  @Tried('catalog.seen-by', { reads: true })
  seenBy(@Parent() { name }: Product, @Context() { req }: { req?: { headers: Record<string, string> } }): string {
    return `${name} by ${req?.headers['x-request-id']}`;
  }

  @Mutation(() => Product)
  @UseGuards(JwtAuthGuard)
  @Tried('catalog.add-product')
  async addProduct(@Args('product') { name, price }: ProductInput): Promise<Product> {
    const product = await this.products.create({ name, price, cost: 0, categories: [{ name: 'graphql' }] });
    await this.changes.publish('product', { productAdded: product });
    return product;
  }
}
