import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** File in which class-transformer keeps what its decorators say. The package is used only where the application has it. */
const STORAGE = 'class-transformer/cjs/storage.js';

/** Name by class-transformer for the direction from an instance to a plain object. */
const CLASS_TO_PLAIN = 1;

/** Part of class-transformer's storage that is needed. */
interface TransformerStorage {
  getStrategy(target: object): 'excludeAll' | 'exposeAll' | 'none';
  getExcludedProperties(target: object, direction: number): string[];
  getExposedProperties(target: object, direction: number): string[];
  getExposedMetadatas(
    target: object,
  ): { readonly propertyName?: string; readonly options: { readonly groups?: readonly string[] } }[];
}

/** Properties that class-transformer leaves out of a plain object that is made without groups: by `@Exclude()`, or by `@Expose({ groups })`. */
export class ExcludedProperties {
  private readonly known = new WeakMap<object, { readonly has: (key: string) => boolean } | undefined>();
  private storage: TransformerStorage | undefined;
  private isLooked = false;

  /** Returns the properties that a class hides. Never throws. */
  find(prototype: object): { has(key: string): boolean } | undefined {
    const storage = this.findStorage();
    if (storage === undefined || prototype === Object.prototype) return undefined;
    if (!this.known.has(prototype)) this.known.set(prototype, readExcluded(storage, prototype));
    return this.known.get(prototype);
  }

  private findStorage(): TransformerStorage | undefined {
    if (!this.isLooked) this.storage = loadStorage();
    this.isLooked = true;
    return this.storage;
  }
}

/** Loads the application's copy: the one that this package finds, or the one that the application's directory has. */
function loadStorage(): TransformerStorage | undefined {
  for (const from of [__filename, `${process.cwd()}/`, `${dirname(process.argv[1] ?? '')}/`]) {
    try {
      return (createRequire(from)(STORAGE) as { readonly defaultMetadataStorage: TransformerStorage }).defaultMetadataStorage;
    } catch {
      // It has none.
    }
  }
  return undefined;
}

function readExcluded(storage: TransformerStorage, prototype: object): { has(key: string): boolean } | undefined {
  try {
    const { constructor: target } = prototype;
    const exposed = new Set(storage.getExposedProperties(target, CLASS_TO_PLAIN));
    if (storage.getStrategy(target) === 'excludeAll') return { has: (key) => !exposed.has(key) };
    const grouped = storage.getExposedMetadatas(target).filter(({ options }) => (options.groups?.length ?? 0) > 0);
    const excluded = new Set([
      ...storage.getExcludedProperties(target, CLASS_TO_PLAIN),
      ...grouped.map(({ propertyName }) => propertyName ?? ''),
    ]);
    return excluded.size === 0 ? undefined : excluded;
  } catch {
    return undefined;
  }
}
