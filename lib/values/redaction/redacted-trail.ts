import { ownValue } from '../kind-of.js';
import { splitNames, type Redaction } from './redaction.js';

/**
 * Names of properties that name what others of the same object hold, as in `{ name: 'password', value: '…' }`, and in the errors of
 * validators. A path can be a list.
 */
const LABELS = ['name', 'key', 'field', 'header', 'k', 'property', 'path', 'param', 'label', 'attribute', 'column'] as const;
const LABELLED = new Set(['value', 'values', 'val', 'v', 'content', 'input', 'received', 'originalValue', 'stringValue']);

/** Statement of a database, and its parameters, as the errors of TypeORM and others have them. */
const STATEMENTS = ['query', 'sql'] as const;
const PARAMETERS = new Set(['parameters', 'bindings', 'params', 'values']);

/** Longest part of a statement, in characters, that is searched for names. */
const STATEMENT = 4_096;

const NONE: readonly string[] = [];

/** Decides whether what a property holds may be redacted because of another property of its object. */
export function isLabelled(key: string): boolean {
  return LABELLED.has(key) || PARAMETERS.has(key);
}

/** Names that lead to the current part of a value, and what is redacted of it. */
export class RedactedTrail {
  private readonly names: string[] = [];
  /** True while the names lead to an item of a list, which stands in the place of its list for what it names. */
  private isItem = false;

  /** True if the names that lead to a part matter. */
  readonly isKept: boolean;

  constructor(private readonly redaction: Redaction | undefined) {
    this.isKept = redaction !== undefined && !redaction.isByNameAlone;
  }

  /** Decides by its name alone whether a property is redacted, where no others matter. */
  hidesKey(key: string): boolean {
    return this.redaction?.hidesKey(key) ?? false;
  }

  /** Continues within a property of that name. Returns the replacement if the property is redacted. */
  within<Result>(name: string, hidden: Result, go: () => Result, isItem = false): Result {
    const { redaction, names } = this;
    if (redaction === undefined || !this.isKept) return this.hidesKey(name) ? hidden : go();
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

  /** Returns what a class hides of its instances; undefined if that is nothing. */
  hiddenOf(prototype: object | null): readonly { has(key: string): boolean }[] | undefined {
    return prototype === null || prototype === Object.prototype ? undefined : this.redaction?.hiddenOf(prototype);
  }

  /** Returns the keys of a record that another key of it redacts: by a label such as its `name`, or by a statement with a secret's name. */
  findLabelled(keys: readonly string[], read: (key: string) => unknown): readonly string[] {
    if (this.redaction === undefined || !keys.some(isLabelled)) return NONE;
    const find = (redacted: ReadonlySet<string>, labels: readonly string[], hides: (label: unknown) => boolean) => {
      const found = keys.filter((key) => redacted.has(key));
      return found.length > 0 && labels.some((label) => keys.includes(label) && hides(read(label))) ? found : [];
    };
    return [
      ...find(LABELLED, LABELS, (label) => this.hidesLabel(label)),
      ...find(PARAMETERS, STATEMENTS, (statement) => this.hidesIn(statement)),
    ];
  }

  /** Decides whether what stands beside its name is redacted, as in `['Authorization', '…']`. */
  hidesNamed(name: unknown): boolean {
    const { redaction, names, isItem } = this;
    if (redaction === undefined || typeof name !== 'string') return false;
    if (!this.isKept) return redaction.hidesKey(name);
    const own = splitNames(name);
    return redaction.hides([...names, ...own]) || (isItem && redaction.hides([...names.slice(0, -1), ...own]));
  }

  /** Returns a text without the secrets that can be recognised in it. */
  text(text: string): string {
    return this.redaction?.text(text) ?? text;
  }

  private hidesLabel(label: unknown): boolean {
    return this.hidesNamed(Array.isArray(label) ? ownValue(label, label.length - 1) : label);
  }

  private hidesIn(statement: unknown): boolean {
    if (typeof statement !== 'string') return false;
    const words = new Set(statement.slice(0, STATEMENT).match(/\w+/g));
    return [...words].some((word) => this.hidesNamed(word));
  }
}
