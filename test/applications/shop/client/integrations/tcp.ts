import type { Integration } from '../integration';
import { tcp as options } from '../../src/messages/transports';
import { playStock } from './rpc';

export const tcp: Integration = {
  name: 'Microservices over TCP',
  packages: ['@nestjs/microservices'],
  tried: 'requests with one and with several answers, errors, contexts, an unknown pattern, events',
  experiments: ['stock', 'stock-service', 'range-filter'],
  play: (record) => playStock('TCP', options, record),
};
