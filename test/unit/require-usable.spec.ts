import { DataSource, type DataSourceOptions } from 'typeorm';
import { expect, it, onTestFinished } from 'vitest';
import { OwnDatabase } from '../../lib/database/own-database.js';

const using = (options: DataSourceOptions) => () => new OwnDatabase(new DataSource(options));

it('a data source of MongoDB is refused', () => {
  expect(using({ type: 'mongodb', database: 'app' })).toThrow(
    expect.objectContaining({
      code: 'DATA_SOURCE_UNUSABLE',
      message: expect.stringContaining('is one of MongoDB, which has no tables. Name another one') as string,
    }),
  );
});

it('a data source whose driver reads numbers wrongly is refused, and says why', () => {
  const binary = { type: 'postgres', extra: { binary: true } } as const;
  expect(using(binary)).toThrow('reads large integers and decimals wrongly, those of your own tables too. Leave it out');
  expect(using({ type: 'postgres' })).not.toThrow();

  const { postgres } = new DataSource({ type: 'postgres' }).driver as unknown as {
    readonly postgres: { readonly defaults: { binary: boolean } };
  };
  onTestFinished(() => {
    postgres.defaults.binary = false;
  });
  postgres.defaults.binary = true;
  expect(using({ type: 'postgres' })).toThrow('binary');
  expect(using({ type: 'postgres', extra: { binary: false } })).not.toThrow();
});
