import { ConsoleLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExperimentService } from 'nestjs-studies';
import { AppModule } from './app.module.js';
import { CITY_SEARCH } from './cities/cities.controller.js';
import { CITIES, type City } from './cities/city.js';
import { Tally } from './live/tally.js';
import { Traffic } from './live/traffic.js';

const HOST = '127.0.0.1';
const REQUESTS_PER_SECOND = 20;

/** Serves the search, sends it traffic, and says once a second what happens, until it is told to stop. */
async function main(): Promise<void> {
  const port = portOf(process.env['PORT'] || '3000');
  const app = await NestFactory.create(AppModule, { abortOnError: false, forceCloseConnections: true, logger: false });
  await app.listen(port, HOST);
  app.useLogger(new ConsoleLogger({ logLevels: ['error', 'warn', 'debug'] })); // a start that fails is told in one line, below
  const url = await app.getUrl();
  const experiment = await app.get(ExperimentService).find(CITY_SEARCH);
  console.log(introduction(url, experiment?.percentEnabled ?? 0));

  const stopping = new AbortController();
  const names = app.get<readonly City[]>(CITIES).map(({ name }) => name);
  const traffic = new Traffic(`${url}/cities`, names, REQUESTS_PER_SECOND).run(stopping.signal);
  const tally = app.get(Tally);
  const ticker = setInterval(() => console.log(tally.line()), 1_000);

  const stop = async () => {
    if (stopping.signal.aborted) return; // npm passes on a signal that the terminal has sent already
    stopping.abort();
    clearInterval(ticker);
    await traffic;
    await app.close();
    console.log('Stopped.');
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop().catch(fail));
}

/** @throws Error when it is no port */
function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`PORT is "${text}", which is no port. Use a number from 0 (any that is free) to 65535.`);
}

function introduction(url: string, percent: number): string {
  const turn = (to: number) =>
    `curl -X PATCH ${url}/studies/experiments/${CITY_SEARCH} -H 'Content-Type: application/json' -d '{"percentEnabled":${to}}'`;
  return `
The search answers at ${url}/cities?q=san
Its experiment "${CITY_SEARCH}" runs the candidate for ${percent} % of the requests. Turn it up from another terminal:

  ${turn(100)}

and off again:

  ${turn(0)}

What is known so far, for people:

  curl -H 'Accept: text/plain' ${url}/studies/experiments/${CITY_SEARCH}/summary

Three more, always on: ${url}/matching, ${url}/mismatching, ${url}/throwing
Cities by GeoNames (https://www.geonames.org), CC BY 4.0. Ctrl-C stops.

All of it on the page of the administration: ${url}/studies
`;
}

/** Ends with one line for people: a port that is taken or a database that isn't there needs no stack trace. */
function fail(error: unknown): never {
  console.error(`The sample stopped. ${reason(error as NodeJS.ErrnoException)}`); // only errors are thrown here
  process.exit(1);
}

function reason({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Its port is taken (${message}). Stop what listens there, or choose another: PORT=3001 npm start`;
    case 'ECONNREFUSED':
      return `No database answers (${message}). Start it, change DATABASE_URL, or leave that out for SQLite.`;
    default:
      return message || String(code);
  }
}

main().catch(fail);
