type Span = readonly [start: number, end: number];

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '{': '}', '(': ')' };

/** Values in a text, each after its name and a separator. Finding all of them takes time linear in the length of the text. */
export class TextValues {
  /** Word that was looked at last. It can hold many separators. */
  private word: Span = [0, 0];

  constructor(private readonly text: string) {}

  /**
   * Returns where the value after a separator begins and ends: a text in quotes, a list or an object, the rest of the line of a header, or
   * one word. It is empty where a sentence follows.
   */
  after(separator: number, isHeader: boolean): Span {
    const { text } = this;
    const isArrow = text.startsWith('=>', separator);
    let start = separator + (isArrow ? 2 : 1);
    while (text[start] === ' ') start += 1;
    const slashes = countSlashes(text, start);
    if (isQuote(text[start + slashes])) {
      const begin = start + slashes + 1;
      return [begin, endOfQuoted(text, begin, slashes)];
    }
    if (isArrow && isCode(text, separator, start)) return [start, start];
    if (CLOSING[text.charAt(start)] !== undefined) {
      const end = endOfBrackets(text, start);
      return end === start + 2 ? [start, start] : [start, end];
    }
    if (isHeader) return [start, indexOf(text, start, isEndOfLine)];
    if (text[separator] === '=') return [start, indexOf(text, start, isEndOfParameter)];
    const end = this.endOfWord(start);
    // After a colon, words that go on are a sentence: "password: must be longer".
    return text[end] === ' ' && !isQuote(text[separator - 1]) ? [start, start] : [start, end];
  }

  private endOfWord(start: number): number {
    const [from, to] = this.word;
    if (start < from || start > to) this.word = [start, indexOf(this.text, start, isEndOfWord)];
    return this.word[1];
  }
}

/**
 * Tells whether what follows an arrow is a function's body, as in `token => token.id` and `(secret) => { … }`, and no value, as in
 * `[token] => x`, `'token' => x` and `:token => x`.
 */
function isCode(text: string, arrow: number, start: number): boolean {
  const before = text.slice(Math.max(0, arrow - 80), arrow).trimEnd();
  if (/["'\]]$/.test(before) || /:[\w-]+$/.test(before)) return false;
  const word = text.slice(start, indexOf(text, start, isEndOfParameter));
  return before.endsWith(')') || word === '' || /[({[.]/.test(word);
}

/** Returns the end of a text whose first quote has that many backslashes before it, as those of JSON within JSON have. */
function endOfQuoted(text: string, begin: number, slashes: number): number {
  const quote = text.charAt(begin - 1);
  for (let at = text.indexOf(quote, begin); at !== -1; at = text.indexOf(quote, at + 1)) {
    let before = 0;
    while (at - before > begin && text[at - 1 - before] === '\\') before += 1;
    // Fewer end a text around this one. A quote within this one has others.
    if (before < slashes || before % (2 * (slashes + 1)) === slashes) return at - Math.min(before, slashes);
  }
  return text.length;
}

/** Returns the position after the bracket that closes the one at `start`; the end of the text if none does. */
function endOfBrackets(text: string, start: number): number {
  const open: string[] = [];
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    const closing = CLOSING[character];
    if (closing !== undefined) open.push(closing);
    else if (isQuote(character)) at = endOfInner(text, at);
    else if (character === open.at(-1)) open.pop();
    if (open.length === 0) return at + 1;
  }
  return text.length;
}

/** Returns the position of the quote that ends a text within brackets. */
function endOfInner(text: string, at: number): number {
  let slashes = 0;
  while (text[at - 1 - slashes] === '\\') slashes += 1;
  return endOfQuoted(text, at + 1, slashes) + slashes;
}

function countSlashes(text: string, start: number): number {
  return indexOf(text, start, (character) => character !== '\\') - start;
}

function indexOf(text: string, from: number, isEnd: (character: string) => boolean): number {
  let at = from;
  while (at < text.length && !isEnd(text.charAt(at))) at += 1;
  return at;
}

const isQuote = (character: string | undefined) => character === '"' || character === "'";
const isEndOfLine = (character: string) => character === '\r' || character === '\n';
const isEndOfParameter = (character: string) => /[\s&;,"'<>)}\]]/.test(character);
const isEndOfWord = (character: string) => /[\s,;"'<>)}\]]/.test(character);
