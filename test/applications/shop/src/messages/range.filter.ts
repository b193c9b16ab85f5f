import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { Tried } from '../experiments/tried';

@Catch(RangeError)
export class RangeFilter implements RpcExceptionFilter<RangeError> {
  @Tried('range-filter.catch')
  catch({ message }: RangeError): Observable<never> {
    return throwError(() => ({ status: 'error', message }));
  }
}
