import { Injectable, Scope } from '@nestjs/common';
import DataLoader from 'dataloader';
import { Tried } from '../experiments/tried';
import { ProductsService } from '../products/products.service';

/** Collects the products of one request whose categories are wanted. */
@Injectable({ scope: Scope.REQUEST })
export class CategoriesLoader {
  private readonly loader = new DataLoader<number, string[]>((ids) => this.load(ids));

  constructor(private readonly products: ProductsService) {}

  namesOf(product: number): Promise<string[]> {
    return this.loader.load(product);
  }

  @Tried('categories-loader.load', { reads: true })
  async load(ids: readonly number[]): Promise<string[][]> {
    const products = await this.products.findMany(ids);
    return products.map(({ categories = [] }) => categories.map(({ name }) => name).sort());
  }
}
