/**
 * One of several processes on one database, for the part about obeying. Says `ready`, then `seen` with the time whenever its experiment
 * is turned on or off; told a percentage, sets it, and says when. Times are ns of the machine's monotonic clock.
 */
import { NestFactory } from '@nestjs/core';
import { ExperimentService } from 'nestjs-studies';
import { EXPERIMENT_REGISTRY } from '../../dist/decorators/tokens.js';
import { moduleWith, QUIET } from './application.js';

const NAME = 'obeyed';
const [, , database, studies] = process.argv;
const application = await NestFactory.createApplicationContext(
  moduleWith({ database: JSON.parse(database), studies: JSON.parse(studies) }),
  QUIET,
);
const experiments = application.get(ExperimentService);
experiments.wrap({ name: NAME, control: () => 1, candidate: () => 1 })();
await experiments.whenIdle();
const { sampler } = application.get(EXPERIMENT_REGISTRY).find(NAME);

const now = () => String(process.hrtime.bigint());
let isOff = true;
setInterval(() => {
  if (sampler.isOff() === isOff) return;
  isOff = !isOff;
  process.send({ seen: isOff ? 0 : 100, at: now() });
}, 1);

process.on('message', async (percent) => {
  const at = now();
  await experiments.setPercentEnabled(NAME, percent);
  process.send({ set: percent, at });
});
process.on('disconnect', () => application.close().then(() => process.exit(0)));
process.send('ready');
