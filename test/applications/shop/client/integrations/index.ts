import type { Integration } from '../integration';
import { auth, i18n } from './auth';
import { cache, files, graphql, http, openapi, sse, throttler } from './web';
import { cqrs, events, transactions } from './orders';
import { brokerIntegrations } from './brokers';
import { grpc } from './grpc';
import { tcp } from './tcp';
import { gateways } from './gateways';
import { bullmq } from './bullmq';
import { schedule } from './schedule';
import { crowd } from './crowd';

/** In the order in which they are played: later ones use what earlier ones have stored. */
export const integrations: readonly Integration[] = [
  openapi,
  auth,
  i18n,
  http,
  cache,
  throttler,
  files,
  sse,
  transactions,
  cqrs,
  events,
  graphql,
  tcp,
  ...brokerIntegrations,
  grpc,
  gateways,
  bullmq,
  schedule,
  crowd,
];
