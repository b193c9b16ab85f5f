/** Part of a statement. Comments and white space are left out. */
export interface SqlToken {
  /** `word`: a keyword or a name; `name`: a quoted name; `literal`: a string or a number; `symbol`: any other character. */
  readonly kind: 'word' | 'name' | 'literal' | 'symbol';
  /** Text of a word in lower case, of a quoted name or a string without its quotes, or of a symbol. */
  readonly text: string;
}

/** Differences between the languages of databases, as far as they tell where a string or a comment ends. */
export interface SqlLexicon {
  /** Quotes of names, each with the one that ends it. */
  readonly nameQuotes: Readonly<Record<string, string>>;
  /** Tells whether `$tag$ … $tag$` is a string, and whether comments can be nested. */
  readonly isPostgres: boolean;
  /** Tells whether `#` begins a comment, `--` begins one only before white space, and the text of comments that begin with `/*!` is executed. */
  readonly isMysql: boolean;
}

/** Text that ends within a string, a name or a comment, so that it can't be read in this way. */
export const UNFINISHED = Symbol('nestjs-studies:unfinished');

const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy;
// A keyword may follow a number at once, as in `1.INTO`.
const NUMBER = /0[xob][\da-f_]+|\d[\d_]*(?:\.[\d_]*)?(?:e[+-]?\d+)?/iy;
const SPACE = /\s+/y;
const DOLLAR = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const VERSION = /M?!\d*/y;
const LINE_END = /[^\r\n]*/y;
const NEW_LINE = /[^\n]*/y;

/** Ways of reading a text, of which the database takes one. */
export interface SqlReading {
  /** Tells whether a backslash escapes the next character of a string. Databases decide this by a setting. */
  readonly hasBackslashes: boolean;
  /** Tells whether comments that begin with `/*!` are comments, as they are to servers of other versions. */
  readonly skipsVersions: boolean;
}

/** Splits a text into tokens. */
export function readSqlTokens(text: string, lexicon: SqlLexicon, reading: SqlReading): SqlToken[] | typeof UNFINISHED {
  const reader = new SqlReader(text, lexicon, reading);
  while (reader.advance());
  return reader.isUnfinished ? UNFINISHED : reader.tokens;
}

class SqlReader {
  readonly tokens: SqlToken[] = [];
  isUnfinished = false;
  private at = 0;
  /** Tells whether a comment is open whose text is executed. */
  private isExecuting = false;

  constructor(
    private readonly text: string,
    private readonly lexicon: SqlLexicon,
    private readonly reading: SqlReading,
  ) {}

  /** Reads the next token, or what is left out. Returns false at the end. */
  advance(): boolean {
    const { text, lexicon } = this;
    if (this.isUnfinished || this.at >= text.length) return false;
    if (this.skip(SPACE)) return true;
    const char = text.charAt(this.at);
    if (this.isLineComment(char)) return this.skipLine();
    if (char === '/' && text.charAt(this.at + 1) === '*') return this.readComment();
    if (this.isExecuting && text.startsWith('*/', this.at)) return this.endExecuted();
    if (char === "'" || (char === '"' && lexicon.nameQuotes['"'] === undefined))
      return this.readString(char, this.reading.hasBackslashes);
    const nameEnd = lexicon.nameQuotes[char];
    if (nameEnd !== undefined) return this.readName(nameEnd);
    if (char === '$' && lexicon.isPostgres && this.readDollarString()) return true;
    const word = this.match(WORD);
    if (word !== undefined) return this.readWord(word);
    if (this.match(NUMBER) !== undefined) return this.add('literal', '');
    this.at += 1;
    return this.add('symbol', char);
  }

  private isLineComment(char: string): boolean {
    const { text, at, lexicon } = this;
    if (char === '#') return lexicon.isMysql;
    if (char !== '-' || text.charAt(at + 1) !== '-') return false;
    return !lexicon.isMysql || at + 2 >= text.length || /[\s\p{Cc}]/u.test(text.charAt(at + 2));
  }

  private skipLine(): boolean {
    // PostgreSQL ends such comments at a carriage return as well.
    const end = this.lexicon.isPostgres ? LINE_END : NEW_LINE;
    this.skip(end);
    return true;
  }

  private readComment(): boolean {
    this.at += 2;
    const hasVersion = this.lexicon.isMysql && this.skip(VERSION);
    this.isExecuting = hasVersion && !this.reading.skipsVersions;
    if (this.isExecuting) return true;
    let depth = 1;
    while (depth > 0) {
      const end = this.text.indexOf('*/', this.at);
      if (end === -1) return this.stop();
      const inner = this.lexicon.isPostgres || hasVersion ? this.text.indexOf('/*', this.at) : -1;
      const isInner = inner !== -1 && inner < end;
      depth += isInner ? 1 : -1;
      this.at = (isInner ? inner : end) + 2;
    }
    return true;
  }

  private endExecuted(): true {
    this.isExecuting = false;
    this.at += 2;
    return true;
  }

  private readString(quote: string, hasBackslashes: boolean): boolean {
    const { text } = this;
    const begin = this.at + 1;
    for (let at = begin; at < text.length; at++) {
      const char = text.charAt(at);
      if (char === '\\' && hasBackslashes) at++;
      else if (char === quote && text.charAt(at + 1) === quote) at++;
      else if (char === quote) {
        this.at = at + 1;
        return this.add('literal', text.slice(begin, at));
      }
    }
    return this.stop();
  }

  private readName(end: string): boolean {
    let name = '';
    let from = this.at + 1;
    for (;;) {
      const to = this.text.indexOf(end, from);
      if (to === -1) return this.stop();
      name += this.text.slice(from, to);
      if (this.text.charAt(to + 1) !== end) {
        this.at = to + 1;
        return this.add('name', name);
      }
      name += end;
      from = to + 2;
    }
  }

  private readDollarString(): boolean {
    const tag = this.match(DOLLAR);
    if (tag === undefined) return false;
    const end = this.text.indexOf(tag, this.at);
    if (end === -1) return this.stop();
    this.at = end + tag.length;
    return this.add('literal', '');
  }

  private readWord(word: string): boolean {
    const next = this.text.charAt(this.at);
    const prefix = word.toLowerCase();
    // Prefixes of strings, such as E'…' and N'…'. Of these, only E decides how the string is read.
    if (next === "'" && /^(?:e|b|x|n|u|_\w+)$/.test(prefix)) {
      return this.readString("'", this.reading.hasBackslashes || (this.lexicon.isPostgres && prefix === 'e'));
    }
    return this.add('word', prefix);
  }

  private add(kind: SqlToken['kind'], text: string): true {
    this.tokens.push({ kind, text });
    return true;
  }

  private stop(): true {
    this.isUnfinished = true;
    return true;
  }

  private skip(pattern: RegExp): boolean {
    return this.match(pattern) !== undefined;
  }

  /** Moves behind a match at this place. */
  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}
