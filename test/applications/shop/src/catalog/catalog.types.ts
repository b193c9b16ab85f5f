import { Field, Float, InputType, Int, ObjectType } from '@nestjs/graphql';
import { IsString, Length, Min } from 'class-validator';
import { Product } from '../products/product.entity';

@InputType()
export class ProductInput {
  @Field()
  @IsString()
  @Length(2, 40)
  name: string;

  @Field(() => Float)
  @Min(0)
  price: number;
}

@ObjectType()
export class CatalogPage {
  @Field(() => [Product])
  items: Product[];

  @Field(() => Int)
  total: number;
}
