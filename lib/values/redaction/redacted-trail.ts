import { splitNames, type Redaction } from './redaction.js';

/** Names of properties that hold what another property of the same object names, as in `{ name: 'password', value: '…' }`. */
const LABELS = ['name', 'key', 'field', 'header', 'k'] as const;
const LABELLED = new Set(['value', 'values', 'val', 'v', 'content']);

/** Names that lead to the current part of a value, and what is redacted of it. */
export class RedactedTrail {
  private readonly names: string[] = [];
  /** Whether the names lead to an item of a list, which stands in the place of its list for what it names. */
  private isItem = false;

  constructor(private readonly redaction: Redaction | undefined) {}

  /** Continues within a property of that name. Returns the replacement if the property is redacted. */
  within<Result>(name: string, hidden: Result, go: () => Result, isItem = false): Result {
    const { redaction, names } = this;
    if (redaction === undefined) return go();
    const { length } = names;
    const wasItem = this.isItem;
    try {
      for (const one of splitNames(name)) {
        names.push(one);
        if (redaction.hides(names)) return hidden;
      }
      this.isItem = isItem;
      return go();
    } finally {
      names.length = length;
      this.isItem = wasItem;
    }
  }

  /** Decides whether a class hides a property of its instances. */
  hidesOf(prototype: object | null, key: string): boolean {
    return prototype !== null && (this.redaction?.hidesOf(prototype, key) ?? false);
  }

  /** Tells whether the label of a record, such as its `name`, says that its `value` is redacted. */
  hidesLabelled(keys: readonly string[], read: (key: string) => unknown): boolean {
    if (this.redaction === undefined || !keys.some((key) => LABELLED.has(key))) return false;
    return LABELS.some((label) => keys.includes(label) && this.hidesNamed(read(label)));
  }

  /** Decides whether a property is the one that a label is about. */
  isLabelled(key: string): boolean {
    return LABELLED.has(key);
  }

  /** Decides whether what stands beside its name is redacted, as in `['Authorization', '…']`. */
  hidesNamed(name: unknown): boolean {
    const { redaction, names, isItem } = this;
    if (redaction === undefined || typeof name !== 'string') return false;
    const own = splitNames(name);
    return redaction.hides([...names, ...own]) || (isItem && redaction.hides([...names.slice(0, -1), ...own]));
  }

  /** Returns a text without the secrets that can be recognised in it. */
  text(text: string): string {
    return this.redaction?.text(text) ?? text;
  }
}
