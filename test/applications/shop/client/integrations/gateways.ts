import type { Integration } from '../integration';
import { connectGateway, GATEWAY_PACKAGES } from './gateway.client';
import { pause } from '../wait';

export const gateways: Integration = {
  name: 'Gateways',
  packages: ['@nestjs/websockets', ...GATEWAY_PACKAGES],
  tried: 'events with one and with several answers, errors, a message to all, connections',
  experiments: ['chat'],
  async play(record, { ports }) {
    const heard: unknown[] = [];
    const client = await connectGateway(ports.ws, (event, data) => heard.push({ event, data }));
    const steps: readonly (readonly [event: string, data: unknown])[] = [
      ['shout', { text: 'hello' }],
      ['shout', { text: '' }],
      ['count', 4],
      ['tell', 'everybody'],
      ['whisper', 'softly'],
    ];
    for (const [event, data] of steps) {
      client.send(event, data);
      await pause(150);
      record(`${event} ${JSON.stringify(data)}`, heard.splice(0));
    }
    client.close();
  },
};
