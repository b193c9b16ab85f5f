import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Controller, Logger, Module, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it, vi } from 'vitest';

// The tests compile the library with the types of parameters as metadata. The package is built without them.
const built = createRequire(import.meta.url);
const dist = join(import.meta.dirname, '../../dist');
const { StudiesModule } = built(join(dist, 'index.js')) as typeof import('../../lib/index.js');
const { MemoryStudiesStorage } = built(join(dist, 'testing/index.js')) as typeof import('../../lib/testing/index.js');

@Controller('search')
class SearchController {}

@Module({
  imports: [StudiesModule.forRoot({ storage: new MemoryStudiesStorage(), admin: { public: true } })],
  controllers: [SearchController],
})
class AppModule {}

describe('the administration of the built package', () => {
  it('starts without a warning with a ValidationPipe for all', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const app = await NestFactory.create(AppModule, { logger: ['warn'] });
    app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
    await app.listen(0, '127.0.0.1');

    expect((await fetch(`${await app.getUrl()}/studies/experiments?limit=5`)).status).toBe(200);
    await app.close();
    expect(warn.mock.calls.filter(([text]) => !/public/.test(String(text)))).toEqual([]);
    warn.mockRestore();
  });
});
