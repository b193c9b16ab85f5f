import { KeyObject, type webcrypto } from 'node:crypto';
import util from 'node:util';
import { accessorOf, isObject, numberOf, ownValue } from '../values/kind-of.js';

/** Content of a platform's object, as plain data that can be compared. */
export interface PlatformContent {
  /** Name of the class. */
  readonly name: string;
  /** Returns the content. Runs code of the platform only. */
  read(value: object): unknown;
  /** Tells whether the content is only a part of what the object holds. If it is the same, the objects may still differ. */
  readonly isPartial: boolean;
  /** Tells whether an object holds more than can be read in one piece. */
  isTooLarge(value: object): boolean;
}

/** Reader of an instance's content, which is given the prototype of the platform's class. */
type Reader = (value: object, prototype: object) => unknown;

/** Platform's classes of one namespace whose instances only their own methods can read. */
interface Platform {
  readonly namespace: () => unknown;
  readonly readers: Readonly<Record<string, Reader>>;
}

/** Makes a reader that calls a method. It bypasses a method of the same name on a subclass. */
function calling(name: string): Reader {
  return (value, prototype) => Reflect.apply(ownValue(prototype, name) as () => unknown, value, []); // the platform's method
}

/** Makes a reader that reads accessors: the given ones, or all of the class. */
function reading(...names: readonly string[]): Reader {
  return (value, prototype) =>
    (names.length > 0 ? names : Object.getOwnPropertyNames(prototype)).map((name) => accessorOf(prototype, name)(value));
}

const listEntries: Reader = (value, prototype) => [...(calling('entries')(value, prototype) as Iterable<unknown>)]; // of pairs

/** Classes whose content can't be read at once, but only in part. */
const PARTIAL: ReadonlySet<string> = new Set(['Blob', 'File']);

/** Largest number of parameters of an address that are written as a text in one piece. */
const PARAMETERS = 10_000;

const sizeOfParameters = numberOf(URLSearchParams.prototype, 'size');

/** Classes whose instances tell how large they are. */
const SIZES: Readonly<Record<string, PlatformContent['isTooLarge'] | undefined>> = {
  URLSearchParams: (value) => sizeOfParameters(value) > PARAMETERS,
};

const isNever = () => false;

const options = calling('resolvedOptions');
const text = calling('toString');
const fields = reading();

// The namespaces are read when an instance is met, since Node loads some of their classes only then.
const PLATFORMS: readonly Platform[] = [
  {
    namespace: () => globalThis,
    readers: {
      URL: reading('href'),
      URLSearchParams: text,
      Headers: listEntries,
      FormData: listEntries,
      Blob: reading('size', 'type'),
      // The time of the last change is mostly that of its making.
      File: (value, prototype) => [reading('name')(value, prototype), reading('size', 'type')(value, Blob.prototype)],
    },
  },
  { namespace: () => util, readers: { MIMEType: text, MIMEParams: text } },
  {
    namespace: () => Intl,
    readers: {
      Collator: options,
      DateTimeFormat: options,
      DisplayNames: options,
      DurationFormat: options,
      ListFormat: options,
      Locale: text,
      NumberFormat: options,
      PluralRules: options,
      RelativeTimeFormat: options,
      Segmenter: options,
    },
  },
  {
    namespace: () => Reflect.get(globalThis, 'Temporal') as unknown, // not in all versions
    readers: {
      Duration: fields,
      Instant: fields,
      PlainDate: fields,
      PlainDateTime: fields,
      PlainMonthDay: fields,
      PlainTime: fields,
      PlainYearMonth: fields,
      ZonedDateTime: fields,
    },
  },
];

/** Returns how the content of a platform's class is read, by the class's prototype; undefined for any other class. */
export function findPlatformContent(prototype: object): PlatformContent | undefined {
  const constructor = ownValue(prototype, 'constructor');
  const name = typeof constructor === 'function' ? ownValue(constructor, 'name') : undefined;
  if (typeof name !== 'string') return undefined;
  for (const { namespace, readers } of PLATFORMS) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (reader === undefined || !isClassOf(namespace(), name, constructor)) continue;
    return {
      name,
      read: (value) => reader(value, prototype),
      isPartial: PARTIAL.has(name),
      isTooLarge: SIZES[name] ?? isNever,
    };
  }
  return undefined;
}

/** Reads what tells one `CryptoKey` from another. */
export function readCryptoKey(key: webcrypto.CryptoKey): unknown {
  const { algorithm, extractable, usages } = key;
  return [KeyObject.from(key), algorithm, extractable, usages];
}

function isClassOf(namespace: unknown, name: string, constructor: unknown): boolean {
  return isObject(namespace) && Reflect.get(namespace, name) === constructor;
}
