import { connect } from 'nats';

export const NATS_PACKAGE = 'nats';

export const connectNats = (url: string) => connect({ servers: [url] });
