import { describe, expect, it } from 'vitest';
import { Copier } from '../../lib/values/copying/copier.js';
import { CopyBudget } from '../../lib/values/copying/copy-budget.js';
import { compared } from '../support/compared.js';

const state = new WeakMap<object, unknown>();
const write = (target: object, _: unknown, value: unknown) => void state.set(target, value);
const read = (target: object, _: unknown) => state.get(target);

/* The names by which compilers call what they write for `#cents`, where classes have no private fields. */
const __privateAdd = write;
const __privateGet = read;
const _class_private_field_init = write;
const _class_private_field_get = read;
const _class_private_field_init_external = { _: write };
const _class_private_field_get_external = { _: read };
const _classPrivateFieldInitSpec = write;
const _classPrivateFieldGet2 = read;
const __classPrivateFieldSet = write;
const __classPrivateFieldGet = read;

/** The same class, as compilers write it. */
const COMPILED: Readonly<Record<string, new (cents: number) => { readonly currency: string; readonly cents: unknown }>> = {
  esbuild: class {
    currency = 'EUR';
    constructor(cents: number) {
      __privateAdd(this, state, cents);
    }
    get cents() {
      return __privateGet(this, state);
    }
  },
  swc: class {
    currency = 'EUR';
    constructor(cents: number) {
      _class_private_field_init(this, state, cents);
    }
    get cents() {
      return _class_private_field_get(this, state);
    }
  },
  'swc with its helpers imported': class {
    currency = 'EUR';
    constructor(cents: number) {
      (0, _class_private_field_init_external._)(this, state, cents);
    }
    get cents() {
      return (0, _class_private_field_get_external._)(this, state);
    }
  },
  Babel: class {
    currency = 'EUR';
    constructor(cents: number) {
      _classPrivateFieldInitSpec(this, state, cents);
    }
    get cents() {
      return _classPrivateFieldGet2(this, state);
    }
  },
  TypeScript: class {
    currency = 'EUR';
    constructor(cents: number) {
      __classPrivateFieldSet(this, state, cents);
    }
    get cents() {
      return __classPrivateFieldGet(this, state);
    }
  },
};

describe.each(Object.entries(COMPILED))('private fields as %s writes them', (_, Money) => {
  it('are not taken for equal, whatever they hold', () => {
    expect(new Money(1).cents).toBe(1);
    expect(compared(new Money(1), new Money(2)).equality).toBe('notComparable');
  });

  it('are not lost in copies', () => {
    const money = new Money(1);
    const copied = new Copier().copy(money, new CopyBudget(1_000));
    expect(copied).toMatchObject({ kind: 'copied', value: money });
    expect(copied.kind === 'copied' && copied.value).toBe(money);
    expect(new Copier().copyAll([money], new CopyBudget(1_000)).kind).toBe('refused');
  });
});
