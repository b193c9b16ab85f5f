import { Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { ILike, Repository } from 'typeorm';
import { Tried } from '../experiments/tried';
import { Category } from './category.entity';
import type { CreateProductDto, ProductQueryDto, UpdateProductDto } from './product.dto';
import { Product } from './product.entity';

export interface ProductPage {
  items: Product[];
  total: number;
  page: number;
}

@Injectable()
export class ProductsService {
  constructor(
    @InjectRepository(Product) private readonly products: Repository<Product>,
    @InjectRepository(Category) private readonly categories: Repository<Category>,
  ) {}

  @Tried('products-service.search', { reads: true })
  async search({ search, page, limit }: ProductQueryDto): Promise<ProductPage> {
    const [items, total] = await this.products.findAndCount({
      where: search === undefined ? {} : { name: ILike(`%${search}%`) },
      relations: { categories: true },
      order: { id: 'ASC' },
      skip: (page - 1) * limit,
      take: limit,
    });
    for (const { categories = [] } of items) categories.sort((a, b) => a.id - b.id);
    return { items, total, page };
  }

  @Tried('products-service.find', { reads: true })
  async find(id: number): Promise<Product> {
    const product = await this.products.findOne({
      where: { id },
      relations: { categories: true },
      order: { categories: { id: 'ASC' } },
    });
    if (product === null) throw new NotFoundException(`product ${id} is unknown`);
    return product;
  }

  @Tried('products-service.find-many', { reads: true })
  findMany(ids: readonly number[]): Promise<Product[]> {
    return Promise.all(ids.map((id) => this.find(id)));
  }

  /** A query of raw rows. */
  @Tried('products-service.prices', { reads: true })
  prices(): Promise<{ name: string; price: number }[]> {
    return this.products.createQueryBuilder('p').select(['p.name AS name', 'p.price AS price']).orderBy('p.id').getRawMany();
  }

  @Tried('products-service.create')
  async create({ categories, ...product }: CreateProductDto): Promise<Product> {
    const saved = await this.categories.save(categories.map(({ name }) => this.categories.create({ name })));
    return this.products.save(this.products.create({ ...product, categories: saved }));
  }

  @Tried('products-service.update')
  async update(id: number, { name, price }: UpdateProductDto): Promise<Product> {
    const product = await this.find(id);
    return this.products.save(Object.assign(product, { name: name ?? product.name, price: price ?? product.price }));
  }

  @Tried('products-service.remove')
  async remove(id: number): Promise<void> {
    await this.products.remove(await this.find(id));
  }
}
