import { DataSource, type EntityMetadata } from 'typeorm';
import { prototypeOf } from '../values/kind-of.js';

/** Columns that an application's entities hide: those with `select: false`, which queries load only when they are asked for. */
export class HiddenColumns {
  private known: ReadonlyMap<object, ReadonlySet<string>> | undefined;

  /** @param candidates returns the objects among which the data sources are, once all are created */
  constructor(private readonly candidates: () => readonly unknown[]) {}

  /** Returns the properties that a class of entities, or of their embedded parts, hides. */
  find(prototype: object): ReadonlySet<string> | undefined {
    const known = this.known ?? this.read();
    if (known.size === 0) return undefined;
    for (let at: object | null = prototype; at !== null; at = prototypeOf(at)) {
      const hidden = known.get(at);
      if (hidden !== undefined) return hidden;
    }
    return undefined;
  }

  private read(): ReadonlyMap<object, ReadonlySet<string>> {
    const sources = this.candidates().filter((one) => one instanceof DataSource);
    const found = new Map<object, Set<string>>();
    for (const { entityMetadatas } of sources) entityMetadatas.forEach((metadata) => addHidden(found, metadata));
    // A data source that the application initialises itself has no metadata before that.
    if (sources.every(({ isInitialized }) => isInitialized)) this.known = found;
    return found;
  }
}

function addHidden(found: Map<object, Set<string>>, { columns, target }: EntityMetadata): void {
  for (const { isSelect, embeddedMetadata, propertyName } of columns) {
    const owner: unknown = embeddedMetadata === undefined ? target : embeddedMetadata.type;
    if (isSelect || typeof owner !== 'function') continue;
    const prototype = owner.prototype as object; // a class has one
    found.set(prototype, (found.get(prototype) ?? new Set()).add(propertyName));
  }
}
