import { Controller, Param, ParseIntPipe, Sse, type MessageEvent } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { concatMap, delay, map, of, range, throwError, type Observable } from 'rxjs';
import { Tried } from '../experiments/tried';

@ApiTags('live')
@Controller({ path: 'live', version: '1' })
export class LiveController {
  /** Counts, one number every few ms. */
  @Sse('numbers/:count')
  @Tried('live.numbers', { reads: true })
  numbers(@Param('count', ParseIntPipe) count: number): Observable<MessageEvent> {
    return range(1, count).pipe(
      concatMap((value) => of(value).pipe(delay(5))),
      map((value) => ({ id: String(value), type: 'number', data: { value } })),
    );
  }

  @Sse('failing')
  @Tried('live.failing', { reads: true })
  failing(): Observable<MessageEvent> {
    return throwError(() => new Error('the stream broke'));
  }
}
