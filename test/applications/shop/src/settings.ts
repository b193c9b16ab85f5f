/** Which experiments there are: none at all (the library is not loaded), all at 0 %, or all at 100 %. */
export type Experiments = 'absent' | '0' | '100';

/** What the application and its client are started with. A server without an address is left out. */
export interface Settings {
  readonly experiments: Experiments;
  readonly database: { readonly type: 'postgres' | 'mysql'; readonly url: string };
  readonly redis: string | undefined;
  readonly nats: string | undefined;
  readonly rabbitmq: string | undefined;
  readonly mqtt: string | undefined;
  readonly ports: { readonly http: number; readonly tcp: number; readonly grpc: number; readonly ws: number };
  /** Begins the names of all subjects, topics and queues, which other applications may have on the same servers. */
  readonly prefix: string;
}

export const settings: Settings = {
  experiments: required('EXPERIMENTS') as Experiments,
  database: { type: required('DATABASE_TYPE') as 'postgres' | 'mysql', url: required('DATABASE_URL') },
  redis: process.env['REDIS_URL'],
  nats: process.env['NATS_URL'],
  rabbitmq: process.env['RABBITMQ_URL'],
  mqtt: process.env['MQTT_URL'],
  ports: {
    http: Number(required('HTTP_PORT')),
    tcp: Number(required('TCP_PORT')),
    grpc: Number(required('GRPC_PORT')),
    ws: Number(required('WS_PORT')),
  },
  prefix: required('PREFIX'),
};

/** Names a subject, topic or queue of this application. */
export function named(name: string): string {
  return `${settings.prefix}.${name}`;
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`The environment has no ${name}.`);
  return value;
}
