import { Type } from 'class-transformer';
import { ArrayNotEmpty, IsInt, Max, Min, ValidateNested } from 'class-validator';

export class OrderLineDto {
  @IsInt()
  productId: number;

  @IsInt()
  @Min(1)
  @Max(99)
  quantity: number;
}

export class PlaceOrderDto {
  @ArrayNotEmpty()
  @ValidateNested({ each: true })
  @Type(() => OrderLineDto)
  lines: OrderLineDto[];
}
