import { setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { DataSource } from 'typeorm';

/** Changes a row every 2 ms, until it is told to stop. */
const { options, table, every } = workerData;
const source = await new DataSource(options).initialize();
let isOver = false;
parentPort.once('message', () => (isOver = true));
parentPort.postMessage('started');
while (!isOver) {
  await source.query(`UPDATE ${table} SET n = n + 1 WHERE id = 1`);
  await setTimeout(every);
}
await source.destroy();
process.exit(0);
