import { connect } from '@nats-io/transport-node';

export const NATS_PACKAGE = '@nats-io/transport-node';

export const connectNats = (url: string) => connect({ servers: [url] });
