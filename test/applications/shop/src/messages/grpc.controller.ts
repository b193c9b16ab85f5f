import { Controller } from '@nestjs/common';
import { GrpcMethod, GrpcStreamMethod, Payload, RpcException } from '@nestjs/microservices';
import { map, range, reduce, type Observable } from 'rxjs';
import { Tried } from '../experiments/tried';
import { StockService, type StockReply, type StockRequest } from './stock.service';

const OUT_OF_RANGE = 11;

@Controller()
export class GrpcController {
  constructor(private readonly stock: StockService) {}

  @GrpcMethod('StockService', 'Check')
  @Tried('grpc.check', { reads: true })
  check(@Payload() request: StockRequest): StockReply {
    if (request.quantity > 100) throw new RpcException({ code: OUT_OF_RANGE, message: 'too many' });
    return this.stock.check(request);
  }

  /** Gets the metadata and the call as well, which can't be copied. */
  @GrpcMethod('StockService', 'CheckWithCall')
  @Tried('grpc.check-with-call')
  checkWithCall(request: StockRequest, metadata: { get(name: string): unknown[] }): StockReply {
    return { ...this.stock.check(request), note: metadata.get('note').join() };
  }

  @GrpcMethod('StockService', 'Watch')
  @Tried('grpc.watch', { reads: true })
  watch(@Payload() { product, quantity }: StockRequest): Observable<StockReply> {
    return range(0, quantity).pipe(map((left) => ({ product, left, note: 'watched' })));
  }

  @GrpcStreamMethod('StockService', 'Sum')
  @Tried('grpc.sum')
  sum(requests: Observable<StockRequest>): Observable<StockReply> {
    return requests.pipe(
      reduce((reply, { product, quantity }) => ({ product, left: reply.left + quantity, note: 'sum' }), {
        product: 0,
        left: 0,
        note: '',
      }),
    );
  }
}
