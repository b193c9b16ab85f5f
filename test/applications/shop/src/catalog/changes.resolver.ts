import { Args, Int, Resolver, Subscription } from '@nestjs/graphql';
import { PubSub } from 'graphql-subscriptions';
import { Tried } from '../experiments/tried';
import { Product } from '../products/product.entity';

/** Has no provider of the request, which subscriptions may not have. */
@Resolver()
export class ChangesResolver {
  constructor(private readonly changes: PubSub) {}

  @Subscription(() => Product, {
    filter: ({ productAdded }: { productAdded: Product }, { above }: { above: number }) => productAdded.price > above,
  })
  @Tried('catalog.product-added')
  productAdded(@Args('above', { type: () => Int }) _above: number): AsyncIterator<unknown> {
    return this.changes.asyncIterableIterator('product');
  }
}
