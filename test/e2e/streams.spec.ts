import { once } from 'node:events';
import http from 'node:http';
import { Readable } from 'node:stream';
import { Controller, Get, Header, Inject, Req, Sse, StreamableFile, type MessageEvent } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { InjectDataSource } from '@nestjs/typeorm';
import { finalize, from, interval, map, type Observable } from 'rxjs';
import { DataSource } from 'typeorm';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Experiment } from '../../lib/index.js';
import { anApp, PLATFORMS } from '../support/app.js';

/** The streams of a test, where no instance holds them: what an instance holds is not the candidate's to be freed. */
const opened: { by: string; stream: Readable }[] = [];

beforeEach(() => {
  opened.length = 0;
});

@Controller('files')
class FilesController {
  left = 0;

  @Get('plain')
  @Header('content-type', 'text/csv')
  @Experiment({ name: 'plain', candidate: 'fileV2', percentEnabled: 100 })
  plain() {
    return this.file('control', 'a;b');
  }

  @Get('compared')
  @Experiment({
    name: 'compared',
    candidate: 'fileV2',
    percentEnabled: 100,
    compare: (control: StreamableFile, candidate: StreamableFile) =>
      control.getHeaders().length === candidate.getHeaders().length,
  })
  compared() {
    return this.file('control', 'a;b');
  }

  @Get('cleaned')
  @Experiment({
    name: 'cleaned',
    candidate: 'fileV2',
    percentEnabled: 100,
    clean: (file: StreamableFile) => file.getHeaders(),
  })
  async cleaned() {
    return Promise.resolve(this.file('control', 'a;b'));
  }

  @Get('bytes')
  @Experiment({ name: 'bytes', candidate: 'bytesV2', percentEnabled: 100 })
  bytes() {
    return { bytes: Buffer.from('a;b').toString('hex'), raw: new Uint8Array([1, 2]) };
  }

  @Sse('events')
  @Experiment({ name: 'events', candidate: 'eventsV2', percentEnabled: 100 })
  events(): Observable<MessageEvent> {
    return from([{ data: 'one' }, { data: 'two' }]);
  }

  @Sse('endless')
  @Experiment({ name: 'endless', candidate: 'eventsV2', percentEnabled: 100 })
  endless(): Observable<MessageEvent> {
    return interval(5).pipe(
      map((count) => ({ data: String(count) })),
      finalize(() => (this.left += 1)),
    );
  }

  fileV2() {
    return this.file('candidate', 'a;b;c');
  }

  bytesV2() {
    return { bytes: Buffer.from('a;b').toString('hex'), raw: new Uint8Array([1, 2]) };
  }

  eventsV2(): Observable<MessageEvent> {
    return from([{ data: 'one' }, { data: 'two' }]);
  }

  private file(by: string, text: string) {
    const stream = Readable.from([Buffer.from(text)]);
    opened.push({ by, stream });
    return new StreamableFile(stream, { length: text.length });
  }
}

describe.each(PLATFORMS)('what can be read only once, on %s', (platform) => {
  const start = () => anApp(platform).testing().controllers(FilesController).start();

  it('reaches the caller untouched, and no candidate is run beside it', async () => {
    const app = await start();

    const { status, headers, body } = await app.get('/files/plain');
    await app.whenIdle();

    expect({ status, length: headers.get('content-length'), body }).toEqual({ status: 200, length: '3', body: 'a;b' });
    expect(opened.map(({ by }) => by)).toEqual(['control']);
    expect(app.results.runs()).toBe(0);
  });

  it('is warned of once, with what to do', async () => {
    const app = await start();

    for (let call = 0; call < 3; call += 1) expect((await app.get('/files/plain')).body).toBe('a;b');
    await app.whenIdle();

    expect(app.failures).toHaveLength(1);
    expect(app.failures[0]).toMatchObject({
      operation: 'compare',
      experiment: 'plain',
      error: {
        code: 'NOT_COMPARABLE',
        message: expect.stringMatching(/"plain".*a stream.*"compare" or "clean".*\(Reported once\.\)$/) as string,
      },
    });
  });

  it.each(['compared', 'cleaned'])('is run and compared where the experiment says how (%s), and freed', async (route) => {
    const app = await start();

    const { body } = await app.get(`/files/${route}`);
    await app.whenIdle();

    expect(body).toBe('a;b');
    expect(app.results.results(route).map(({ mismatched }) => mismatched)).toEqual([true]);
    expect(app.failures).toEqual([]);
    expect(opened.map(({ by, stream }) => [by, stream.destroyed])).toEqual([
      ['control', true],
      ['candidate', true],
    ]);
  });

  it('is freed also where the instance and the request lead to half of the application', async () => {
    @Controller('reports')
    class ReportsController {
      constructor(
        @InjectDataSource() readonly dataSource: DataSource,
        @Inject(ModuleRef) readonly modules: ModuleRef,
      ) {}

      @Get()
      @Experiment({
        name: 'reports',
        candidate: 'reportV2',
        percentEnabled: 100,
        clean: (file: StreamableFile) => file.getHeaders(),
        candidateArgs: () => [{}],
      })
      report(@Req() _request: object) {
        return this.file('control');
      }

      reportV2(_request: object) {
        return this.file('candidate');
      }

      private file(by: string) {
        const stream = Readable.from([Buffer.from('a;b')]);
        opened.push({ by, stream });
        return new StreamableFile(stream, { length: 3 });
      }
    }
    const app = await anApp(platform).controllers(ReportsController).start();

    expect((await app.get('/reports')).body).toBe('a;b');
    await app.whenIdle();

    expect(app.results.results('reports').map(({ matched }) => matched)).toEqual([true]);
    expect(opened.map(({ by, stream }) => [by, stream.destroyed])).toEqual([
      ['control', true],
      ['candidate', true],
    ]);
  });

  it('is not what binary data is: that is compared by its bytes', async () => {
    const app = await start();

    await app.get('/files/bytes');
    await app.whenIdle();

    expect(app.results.results('bytes').map(({ matched }) => matched)).toEqual([true]);
  });

  it('is not what a stream of events is: that is compared by what it emits', async () => {
    const app = await start();

    const { body } = await app.get('/files/events');
    await app.whenIdle();

    expect(body).toBe('\nid: 1\ndata: one\n\nid: 2\ndata: two\n\n');
    expect(app.results.results('events').map(({ matched }) => matched)).toEqual([true]);
  });

  it('goes on as long as its reader does: one who leaves ends it, and nothing is compared', async () => {
    const app = await start();

    const request = http.get(`${app.url}/files/endless`, { agent: false });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]; // of this event
    await once(response, 'data');
    request.destroy();
    await vi.waitFor(() => expect(app.provider(FilesController).left).toBe(1));
    await app.whenIdle();

    expect(app.results.runs('endless')).toBe(0);
    expect(app.failures).toEqual([]);
  });
});
