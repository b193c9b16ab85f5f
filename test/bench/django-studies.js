import { isDeepStrictEqual } from 'node:util';
import { Inject } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import { EntitySchema, Table } from 'typeorm';

/** An experiment's row as django-studies has it. */
export const DjangoExperiment = new EntitySchema({
  name: 'DjangoExperiment',
  tableName: 'django_experiment',
  columns: {
    id: { type: 'int', primary: true, generated: true },
    name: { type: 'varchar', length: 100, unique: true },
    percentEnabled: { type: 'smallint' },
    firstRun: { type: 'timestamptz' },
    lastRun: { type: 'timestamptz', nullable: true },
  },
});

/**
 * Experiments in django-studies' way: for each call it reads the experiment, runs both behaviours one after the other, compares them,
 * and writes that the experiment ran. Then the caller gets the control's value.
 */
export class DjangoStudies {
  constructor(dataSource) {
    this.dataSource = dataSource;
    this.repository = dataSource.getRepository(DjangoExperiment);
  }

  /** Makes the table, and an experiment in it that is on for all calls. */
  async prepare(name) {
    const runner = this.dataSource.createQueryRunner();
    await runner.createTable(Table.create(this.repository.metadata, this.dataSource.driver));
    await runner.release();
    await this.repository.insert({ name, percentEnabled: 100, firstRun: new Date() });
  }

  async conduct(name, control, candidate) {
    const experiment = await this.repository.findOneBy({ name });
    if (Math.random() * 100 >= experiment.percentEnabled) return control();
    const values = new Map();
    for (const behaviour of Math.random() < 0.5 ? [control, candidate] : [candidate, control])
      values.set(behaviour, await behaviour());
    if (!isDeepStrictEqual(values.get(control), values.get(candidate))) throw new Error('They differ.');
    await this.repository.update({ id: experiment.id }, { lastRun: new Date() });
    return values.get(control);
  }
}
Inject(getDataSourceToken())(DjangoStudies, undefined, 0);
