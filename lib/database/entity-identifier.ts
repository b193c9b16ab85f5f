import { DataSource, type EntityMetadata } from 'typeorm';
import type { Identity } from '../values/default-cleaner.js';
import { isObject, ownValue, prototypeOf } from '../values/kind-of.js';

type Column = EntityMetadata['primaryColumns'][number];

/** Recognises entities of an application's data sources. Reads own properties only, so nothing lazy is loaded. */
export class EntityIdentifier {
  private readonly known = new WeakMap<object, { metadata: EntityMetadata | undefined }>();
  private sources: readonly DataSource[] | undefined;

  /** @param candidates returns the objects among which the data sources are, once all are created */
  constructor(private readonly candidates: () => readonly unknown[]) {}

  /** Returns the class of an entity and its id, which is an object if it has several columns; undefined for anything else. */
  identify(value: object): Identity | undefined {
    const prototype = prototypeOf(value);
    const metadata = prototype === null ? undefined : this.metadataOf(prototype);
    if (metadata === undefined) return undefined;
    const { primaryColumns, targetName } = metadata;
    const [column] = primaryColumns;
    const id =
      primaryColumns.length === 1 && column !== undefined
        ? readValue(column, value)
        : Object.fromEntries(primaryColumns.map((one) => [one.propertyPath, readValue(one, value)]));
    return { entity: targetName, id, property: primaryColumns.length === 1 ? column?.propertyPath : undefined };
  }

  private metadataOf(prototype: object): EntityMetadata | undefined {
    const known = this.known.get(prototype);
    if (known !== undefined) return known.metadata;
    const sources = (this.sources ??= this.candidates().filter((one) => one instanceof DataSource));
    const metadata = metadataIn(sources, prototype);
    // A data source that the application initialises itself may still register the class later.
    if (metadata !== undefined || sources.every(({ isInitialized }) => isInitialized)) this.known.set(prototype, { metadata });
    return metadata;
  }
}

/** Finds the metadata of a class or, for a class that extends an entity, of its nearest ancestor. */
function metadataIn(sources: readonly DataSource[], prototype: object): EntityMetadata | undefined {
  for (let at: object | null = prototype; at !== null && at !== Object.prototype; at = prototypeOf(at)) {
    const target: unknown = ownValue(at, 'constructor');
    if (typeof target !== 'function') continue;
    const source = sources.find((one) => one.hasMetadata(target));
    if (source !== undefined) return source.getMetadata(target);
  }
  return undefined;
}

/** Returns the value of a column, or that of the entity it refers to. */
function readValue(column: Column, entity: object): unknown {
  const names = [...(column.embeddedMetadata?.parentPropertyNames ?? []), column.propertyName];
  let value: unknown = entity;
  for (const name of names) value = isObject(value) ? (ownValue(value, name) ?? ownValue(value, `__${name}__`)) : undefined;
  const { referencedColumn } = column;
  const isEntity = referencedColumn !== undefined && isObject(value) && !(value instanceof Date) && !ArrayBuffer.isView(value);
  return isEntity ? readValue(referencedColumn, value as object) : value; // checked in the line above
}
