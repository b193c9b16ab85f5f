import { PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsNumber, IsOptional, IsString, Length, Max, Min, ValidateNested } from 'class-validator';

export class CategoryDto {
  @IsString()
  @Length(2, 20)
  name: string;
}

export class CreateProductDto {
  /**
   * The name that customers see
   * @example 'Lamp'
   */
  @IsString()
  @Length(2, 40)
  name: string;

  @IsNumber()
  @Min(0)
  price: number;

  @IsNumber()
  cost: number = 0;

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => CategoryDto)
  categories: CategoryDto[];
}

export class UpdateProductDto extends PartialType(CreateProductDto) {}

export class ProductQueryDto {
  @IsOptional()
  @IsString()
  search?: string;

  @IsInt()
  @Min(1)
  @Type(() => Number)
  page: number = 1;

  @IsInt()
  @Min(1)
  @Max(50)
  @Type(() => Number)
  limit: number = 10;
}
