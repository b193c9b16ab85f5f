import { JsonConverter, type JsonValue } from './json-value.js';
import type { Redaction } from './redaction/redaction.js';

/**
 * Converts one part of a value as `toJsonValue` converts it with the whole, without the other parts.
 *
 * @param root value that `readDirectKind` knows
 * @param steps keys and indices that lead to the part
 * @param enough number of characters of JSON after which the rest may be missing
 * @returns undefined if the part is within something redacted
 */
export function toJsonPart(
  root: unknown,
  steps: readonly (string | number)[],
  redaction: Redaction | undefined,
  enough = Infinity,
): JsonValue | undefined {
  const converter = new PartConverter(redaction, steps, enough);
  const part = converter.convert(root, 0);
  return converter.isReached ? part : undefined;
}

class PartConverter extends JsonConverter {
  isReached = false;
  /** Characters of JSON that were written at least. */
  private shown = 0;

  constructor(
    redaction: Redaction | undefined,
    private readonly steps: readonly (string | number)[],
    private readonly enough: number,
  ) {
    super(redaction);
  }

  override convert(value: unknown, depth: number): JsonValue {
    const step = this.isReached ? undefined : this.steps[depth];
    if (step === undefined) {
      this.isReached = true;
      this.shown += 1;
      return super.convert(value, depth);
    }
    if (typeof step === 'number') return this.convertMember(value as readonly unknown[], step, depth + 1); // steps lead through it
    return this.convertField(value as object, Object.keys(value as object), depth + 1)(step);
  }

  protected override convertText(text: string): string {
    const shown = super.convertText(text);
    this.shown += shown.length;
    return shown;
  }

  protected override get isEnough(): boolean {
    return this.shown > this.enough;
  }
}
