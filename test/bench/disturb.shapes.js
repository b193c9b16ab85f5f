/** A value that its class alone can make. */
class Money {
  #amount;
  constructor(amount, currency) {
    this.#amount = amount;
    this.currency = currency;
  }
  get amount() {
    return this.#amount;
  }
}

class Person {
  constructor(id) {
    this.id = id;
    this.name = `Person ${id}`;
    this.born = new Date(id * 1e9);
    this.friends = [];
    this.company = undefined;
  }
}

const times = (count, make) => Array.from({ length: count }, (_, index) => make(index));
const row = (id) => ({ id, name: `name ${id}`, price: id * 1.5, isNew: id % 2 === 0 });
const record = (count) => Object.fromEntries(times(count, (id) => [`key ${id}`, id]));
const nested = (levels, make, end) => {
  let inner = end;
  for (let level = 0; level < levels; level += 1) inner = make(inner, level);
  return inner;
};

/** Objects each of which holds all, made by `hold`. */
function circle(count, end, hold) {
  const all = times(count, (id) => ({ id, end: id === count - 1 ? end : 0 }));
  for (const one of all) one.all = hold(all);
  return all;
}

function people(count, end) {
  const company = { name: 'Company', people: [] };
  const all = times(count, (id) => new Person(id));
  for (const [index, one] of all.entries()) {
    one.company = company;
    one.friends = times(5, (step) => all[(index + step + 1) % count]);
  }
  company.people = all;
  all[count - 1].name = end;
  return all;
}

/** A list of something, and what tells two of them apart at its end. */
const listOf = (count, make) => (end) => [...times(count, make), end];

/**
 * Shapes of values, by name: functions of what stands at their ends, so that two are equal if their ends are, and have to be
 * looked at to the end to know that they aren't.
 */
export const SHAPES = {
  'a number': (end) => end,
  'a small object': (end) => ({ ...row(1), location: { latitude: 48.9, longitude: 2.3 }, end }),
  'a list of 100 objects': listOf(100, row),
  'a list of 10,000 objects': listOf(10_000, row),
  'a list of 100,000 objects': listOf(100_000, row),
  'a list of 300,000 objects': listOf(300_000, row),
  'a list of a million numbers': listOf(1_000_000, (id) => id),
  'a list of 100,000 dates': listOf(100_000, (id) => new Date(id)),
  'a list of 20,000 lists of 10': listOf(20_000, (id) => times(10, (at) => id + at)),
  'a list with names of its own': (end) => Object.assign(times(5_000, row), { end }),
  'a sparse list': (end) => Object.assign([], { 5: 1, 4_000_000: end }),
  'ten objects that list each other': (end) => circle(10, end, (all) => [...all]),
  'twelve objects that list each other': (end) => circle(12, end, (all) => [...all]),
  '300 objects that list each other': (end) => circle(300, end, (all) => [...all]),
  'twelve objects with sets of each other': (end) => circle(12, end, (all) => new Set(all)),
  '{ a: x, b: x }, 24 deep': (end) => nested(24, (x) => ({ a: x, b: x }), { end }),
  '[x, x], 10,000 deep': (end) => nested(10_000, (x) => [x, x], { end }),
  'an object in an object, 100,000 deep': (end) => nested(100_000, (next) => ({ next }), end),
  'a set of 4,000 objects': (end) => new Set(times(4_000, (id) => ({ id: id === 0 ? end : id, kind: 'a' }))),
  'a set of 4,000 objects, deep inside': (end) =>
    new Set(times(4_000, (id) => ({ a: { b: { c: { d: id === 0 ? end : id } } } }))),
  'a set of 4,000 equal objects': (end) => new Set(times(4_000, (id) => ({ end: id === 0 ? end : 0 }))),
  'sets in sets, 12 deep': (end) => nested(12, (x) => new Set([{ x }, { x }, [x]]), { end }),
  'a map of 300,000 objects': (end) => new Map([...times(300_000, (id) => [id, { id }]), ['end', end]]),
  'a map with 2,000 objects as keys': (end) => new Map(times(2_000, (id) => [{ id }, id === 0 ? end : id])),
  'maps of maps, 24 deep': (end) =>
    nested(
      24,
      (x) =>
        new Map([
          ['a', x],
          ['b', x],
        ]),
      end,
    ),
  'a record of 1,000 keys': (end) => ({ ...record(1_000), end }),
  'a record of 20,000 keys': (end) => ({ ...record(20_000), end }),
  'a record of 79,000 keys': (end) => ({ ...record(79_000), end }),
  'a record of a million keys': (end) => ({ ...record(1_000_000), end }),
  '20 frozen lists of 100,000': (end) =>
    times(20, (nth) => Object.freeze(times(100_000, (id) => (nth === 19 && id === 99_999 ? end : id)))),
  'a text of 50 MB': (end) => `${'a'.repeat(5e7)}${end}`,
  '100 texts of 100 kB': (end) => [...times(100, () => 'a'.repeat(100_000)), end],
  'a buffer of 50 MB': (end) => Buffer.alloc(5e7, end),
  'a buffer of 500 MB': (end) => Buffer.alloc(5e8, end),
  'a typed array of a million': (end) => new Float64Array(1_000_000).fill(end),
  '5,000 small buffers': listOf(5_000, (id) => Buffer.from(`id ${id}`)),
  '2,000 entities that know each other': (end) => people(2_000, `Person ${end}`),
  '1,000 instances with hidden state': listOf(1_000, (id) => new Money(id, 'EUR')),
  'errors with causes, 100 deep': (end) =>
    nested(100, (cause, level) => new Error(`level ${level}`, { cause }), new Error(String(end))),
  'regular expressions and addresses': listOf(500, (id) => ({
    pattern: /a+/g,
    address: new URL(`http://a/${id}`),
    id: BigInt(id),
  })),
  'a map of 50,000 objects': (end) => new Map([['end', end], ...times(50_000, (id) => [`key ${id}`, { id }])]),
  'a set of 50,000 texts': (end) => new Set([...times(50_000, (id) => `text ${id}`), end]),
  '20 records of 20,000 keys': (end) => [...times(20, () => record(20_000)), end],
  'a record of 200,000 numbers': (end) => ({ ...times(200_000, (id) => id), end }),
  '100 records of 2,000 symbols': (end) => [
    ...times(100, () => Object.fromEntries(times(2_000, (id) => [Symbol.for(`symbol ${id}`), id]))),
    end,
  ],
  'lists of 2,000 buffers of 8 kB': (end) => [...times(20, () => times(100, () => Buffer.alloc(8_192, 1))), end],
  'lists of 2,000 integers of 4,000 bits': (end) => [...times(20, () => times(100, (id) => (1n << 4_000n) + BigInt(id))), end],
  'lists of 2,000 texts with secrets': (end) => [
    ...times(20, () => times(100, (id) => `${id} Bearer abc.def password=hunter2 postgres://u:p@h/d `.repeat(60))),
    end,
  ],
  'a boxed text of 1 MB': (end) => [Object('a'.repeat(1_000_000)), end],
  'an address of 100,000 parameters': (end) => [new URLSearchParams(times(100_000, (id) => [`key ${id}`, 'value'])), end],
  '2,000 errors': listOf(2_000, (id) => new Error(`error ${id}`)),
};
