import type { DataSourceOptions } from 'typeorm';
import type { WriteMode } from '../../experiment/write-mode.js';
import { POSTGRES_READ_ONLY } from './read-only-session.js';

/** Size of the drivers' pools by default. */
const DRIVERS_OWN = 10;

/** Size of the smallest pool in which two candidates can run side by side. */
const SMALLEST = 2;

/** Longest name that PostgreSQL keeps, in bytes. */
const NAME_LENGTH = 63;
const TAG = ' candidates';

/** Flag of SQLite's that opens a file for reading alone. */
const SQLITE_OPEN_READONLY = 1;

/** Options of any driver. Each is checked before use. */
type AnyOptions = Readonly<Record<string, unknown>>;

/** Returns the options of a data source for candidates' connections: the same database and user, with fewer connections. */
export function candidateOptions(options: DataSourceOptions, wanted: number | undefined, writes: WriteMode): DataSourceOptions {
  const given = options as unknown as AnyOptions; // each driver names its options otherwise
  const max = candidatePoolSize(options, wanted);
  // Work that belongs to the application, such as migrations, must not be done twice.
  const once = { poolSize: max, synchronize: false, migrationsRun: false, dropSchema: false, cache: false };
  return { ...given, ...once, ...driverOptions(given, max, writes === 'refuse') } as unknown as DataSourceOptions; // the type is the same
}

/** Returns the size of the candidates' pool: a quarter of the application's, unless another is wanted. */
export function candidatePoolSize(options: DataSourceOptions, wanted: number | undefined): number {
  return wanted ?? Math.max(SMALLEST, Math.floor(readPoolSize(options as unknown as AnyOptions) / 4)); // as above
}

/** Returns the size of the application's own pool. */
function readPoolSize({ extra, pool, poolSize }: AnyOptions): number {
  const { max, connectionLimit, poolMax, pool: extraPool } = asRecord(extra);
  const ofPool = { ...asRecord(pool), ...asRecord(extraPool) };
  const sizes = [max, connectionLimit, poolMax, ofPool['max'], ofPool['maxConnectedOrPooled'], poolSize];
  return sizes.find((one) => typeof one === 'number') ?? DRIVERS_OWN;
}

function driverOptions(given: AnyOptions, max: number, isReadOnly: boolean): AnyOptions {
  const extra = asRecord(given['extra']);
  switch (given['type']) {
    case 'postgres':
    case 'cockroachdb':
      return {
        extra: {
          ...extra,
          max,
          min: 0,
          allowExitOnIdle: true,
          application_name: tagName(applicationName(given, extra)),
          ...(isReadOnly && { options: addReadOnly(extra['options'] ?? process.env['PGOPTIONS']) }),
        },
        ...editAddresses(given, (url) => (isReadOnly ? withReadOnly(withoutName(url)) : withoutName(url))),
        installExtensions: false,
        logNotifications: false,
        // Losing an idle connection is no failure: the next statement makes another.
        poolErrorHandler: () => undefined,
      };
    case 'mysql':
    case 'mariadb':
      return {
        extra: {
          ...extra,
          connectionLimit: max,
          maxIdle: max,
          connectAttributes: { ...asRecord(extra['connectAttributes']), program_name: tagName(process.title) },
        },
        replication: withoutSizes(given['replication']),
      };
    case 'oracle':
      return { extra: { ...extra, poolMax: max, poolMin: 0, poolAlias: undefined } };
    case 'mssql':
      return {
        pool: { ...asRecord(given['pool']), max, min: 0 },
        ...(extra['pool'] !== undefined && { extra: { ...extra, pool: { ...asRecord(extra['pool']), max, min: 0 } } }),
      };
    case 'sap':
      return { pool: { ...asRecord(given['pool']), maxConnectedOrPooled: max } };
    case 'better-sqlite3':
      // Its statements hold the event loop, so that one that waits for a lock would wait for ever.
      return { timeout: 0, fileMustExist: true, enableWAL: false, ...(isReadOnly && { readonly: true }) };
    case 'sqlite':
      return { busyTimeout: 0, busyErrorRetry: undefined, enableWAL: false, ...(isReadOnly && { flags: SQLITE_OPEN_READONLY }) };
    default:
      return {};
  }
}

function applicationName(given: AnyOptions, extra: AnyOptions): unknown {
  const master = asRecord(asRecord(given['replication'])['master']);
  return extra['application_name'] ?? given['applicationName'] ?? master['applicationName'] ?? process.env['PGAPPNAME'];
}

/** Adds to a connection's name that it is the candidates'. */
function tagName(name: unknown): string {
  const own = typeof name === 'string' && name !== '' ? name : 'nestjs-studies';
  return own.slice(0, NAME_LENGTH - TAG.length) + TAG;
}

/** Edits addresses, whose parts take precedence over those that are given beside them. */
function editAddresses({ url, replication }: AnyOptions, edit: (url: unknown) => unknown): AnyOptions {
  const { master, slaves } = asRecord(replication);
  const edited = (node: unknown) => ({
    ...asRecord(node),
    ...(asRecord(node)['url'] !== undefined && { url: edit(asRecord(node)['url']) }),
  });
  return {
    ...(url !== undefined && { url: edit(url) }),
    ...(replication !== undefined && {
      replication: {
        ...asRecord(replication),
        ...(master !== undefined && { master: edited(master) }),
        ...(Array.isArray(slaves) && { slaves: slaves.map(edited) }),
      },
    }),
  };
}

function withoutName(url: unknown): unknown {
  return typeof url === 'string' ? url.replace(/([?&])application_name=[^&]*&?/, '$1').replace(/[?&]$/, '') : url;
}

/** Adds to the options of PostgreSQL's sessions that they are read-only. */
function addReadOnly(options: unknown): string {
  return typeof options === 'string' && options !== '' ? `${options} ${POSTGRES_READ_ONLY}` : POSTGRES_READ_ONLY;
}

/** Adds it to the options that an address has, if any. */
function withReadOnly(url: unknown): unknown {
  if (typeof url !== 'string') return url;
  return url.replace(
    /([?&]options=)([^&]*)/,
    (_, begin: string, options: string) => `${begin}${options}${encodeURIComponent(` ${POSTGRES_READ_ONLY}`)}`,
  );
}

/** Removes the pool sizes of single nodes, which would take precedence over the common one. */
function withoutSizes(replication: unknown): unknown {
  if (replication === undefined) return undefined;
  const { master, slaves } = asRecord(replication);
  const sized = (node: unknown) => ({ ...asRecord(node), poolSize: undefined });
  return { ...asRecord(replication), master: sized(master), slaves: Array.isArray(slaves) ? slaves.map(sized) : slaves };
}

function asRecord(value: unknown): AnyOptions {
  return typeof value === 'object' && value !== null ? (value as AnyOptions) : {}; // any object may be read
}
