import { CacheInterceptor, CacheTTL } from '@nestjs/cache-manager';
import {
  Body,
  ClassSerializerInterceptor,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Param,
  ParseIntPipe,
  Patch,
  Post,
  Query,
  Req,
  SerializeOptions,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Throttle, ThrottlerGuard } from '@nestjs/throttler';
import type { Request } from 'express';
import { I18n, I18nContext } from 'nestjs-i18n';
import { JwtAuthGuard } from '../auth/jwt-auth.guard';
import { Roles, RolesGuard } from '../auth/roles.guard';
import { PricePipe } from '../common/price.pipe';
import { Tried } from '../experiments/tried';
import { CreateProductDto, ProductQueryDto, UpdateProductDto } from './product.dto';
import { Product } from './product.entity';
import { ProductsService, type ProductPage } from './products.service';

const HOUR = 3_600_000;

@ApiTags('products')
@Controller({ path: 'products', version: '1' })
@UseInterceptors(ClassSerializerInterceptor)
@SerializeOptions({ groups: ['customer'] })
export class ProductsController {
  private readings = 0;

  constructor(private readonly products: ProductsService) {}

  /** Searches products by name, page by page. */
  @Get()
  @Tried('products.search', { reads: true })
  search(@Query() query: ProductQueryDto): Promise<ProductPage> {
    return this.products.search(query);
  }

  /** Lists products as administrators see them. */
  @Get('internal')
  @ApiBearerAuth()
  @Roles('admin')
  @UseGuards(JwtAuthGuard, RolesGuard)
  @SerializeOptions({ groups: ['admin'] })
  @Tried('products.internal', { reads: true })
  internal(@Query() query: ProductQueryDto): Promise<ProductPage> {
    return this.products.search(query);
  }

  /** Counts how often it was really asked; the cache answers the rest. */
  @Get('popular')
  @UseInterceptors(CacheInterceptor)
  @CacheTTL(HOUR)
  @Tried('products.popular')
  async popular(@Query('search') search = ''): Promise<{ readings: number; names: string[] }> {
    this.readings += 1;
    const { items } = await this.products.search({ search, page: 1, limit: 3 });
    return { readings: this.readings, names: items.map(({ name }) => name) };
  }

  @Get('scarce')
  @UseGuards(ThrottlerGuard)
  @Throttle({ default: { limit: 2, ttl: HOUR } })
  @Tried('products.scarce', { reads: true })
  scarce(): string {
    return 'scarce';
  }

  /** Greets in the language of the request. */
  @Get('greeting')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @Tried('products.greeting')
  greeting(@I18n() i18n: I18nContext, @Query('name') name = 'Ada'): string {
    return i18n.t('shop.greeting', { args: { name } });
  }

  @Get('cheap')
  @Tried('products.cheap', { reads: true })
  async cheap(@Query('below', PricePipe) below = 10): Promise<{ name: string; price: number }[]> {
    return (await this.products.prices()).filter(({ price }) => price < below);
  }

  /** Reads the request itself. */
  @Get('echo')
  @Tried('products.echo')
  echo(@Req() request: Request): { url: string; language: string } {
    return { url: request.originalUrl, language: request.header('accept-language') ?? '' };
  }

  @Get('broken')
  @Tried('products.broken', { reads: true })
  broken(): never {
    throw new Error('the shelf is broken');
  }

  @Get(':id')
  @Tried('products.find', { reads: true })
  find(@Param('id', ParseIntPipe) id: number): Promise<Product> {
    return this.products.find(id);
  }

  @Tried('products.create')
  @Post()
  create(@Body() product: CreateProductDto): Promise<Product> {
    return this.products.create(product);
  }

  @Tried('products.update')
  @Patch(':id')
  update(@Param('id', ParseIntPipe) id: number, @Body() product: UpdateProductDto): Promise<Product> {
    return this.products.update(id, product);
  }

  @Delete(':id')
  @HttpCode(204)
  @Tried('products.remove')
  remove(@Param('id', ParseIntPipe) id: number): Promise<void> {
    return this.products.remove(id);
  }
}
