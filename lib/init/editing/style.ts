/** How a file is formatted. */
export interface Style {
  readonly quote: "'" | '"';
  readonly semicolon: ';' | '';
  readonly indent: string;
  readonly newline: '\n' | '\r\n';
  readonly trailingComma: ',' | '';
  /** Longest line. */
  readonly width: number;
}

/** What a project says of all its files. */
export interface ProjectStyle {
  readonly width: number;
  readonly trailingComma: ',' | '';
  readonly indent: string;
}

/**
 * Reads from a text how it is formatted.
 *
 * @param lists whether its lists of several lines end in a comma
 */
export function detectStyle(text: string, lists: readonly boolean[], { width, trailingComma, indent }: ProjectStyle): Style {
  const specifier = /\bfrom\s+(['"])/.exec(text) ?? /(['"])/.exec(text);
  const ends = text.match(/^import\b[^'"]*['"][^'"]*['"](;?)/m);
  return {
    quote: specifier?.[1] === '"' ? '"' : "'",
    semicolon: ends !== null && ends[1] === '' ? '' : ';',
    indent: detectIndent(text) ?? indent,
    newline: text.includes('\r\n') ? '\r\n' : '\n',
    trailingComma: lists.length === 0 ? trailingComma : lists.includes(true) ? ',' : '',
    width,
  };
}

/** Returns the smallest indentation, if there is any; lines within comments have one more. */
function detectIndent(text: string): string | undefined {
  if (/^\t+\S/m.test(text)) return '\t';
  const widths = [...text.matchAll(/^( +)[^\s*]/gm)].map(([, spaces = '']) => spaces.length).filter((width) => width > 1);
  return widths.length === 0 ? undefined : ' '.repeat(Math.min(...widths));
}

/** Returns whether a text, as it would stand, fits into a line. */
export function fits(line: string, { width, indent }: Style): boolean {
  return line.replaceAll('\t', indent === '\t' ? '    ' : indent).length <= width;
}

/** Writes a string as the file does. */
export function quoted(text: string, { quote }: Style): string {
  return `${quote}${text}${quote}`;
}

/**
 * Writes a call of an object of properties, in one line if that fits.
 *
 * @param at indentation of the line on which it begins
 * @param after number of characters that follow on its line
 */
export function writeCall(name: string, properties: readonly string[], at: string, style: Style, after = 1): string {
  const line = `${name}({ ${properties.join(', ')} })`;
  if (fits(at + line + ' '.repeat(after), style)) return line;
  const { newline, indent, trailingComma } = style;
  const inner = properties.map((property) => `${newline}${at}${indent}${property}`).join(',');
  return `${name}({${inner}${trailingComma}${newline}${at}})`;
}

/** Writes a list of one item, in one line if that fits. */
export function writeList(name: string, item: (at: string) => string, at: string, style: Style): string {
  const line = `${name}[${item(at)}]`;
  if (!line.includes('\n') && fits(`${at}${line},`, style)) return line;
  return `${name}[${style.newline}${at}${style.indent}${item(at + style.indent)}${style.trailingComma}${style.newline}${at}]`;
}

/** Writes an import, in one line if that fits. */
export function writeImport(names: readonly string[], from: string, style: Style): string {
  const { newline, indent, trailingComma } = style;
  const end = ` from ${quoted(from, style)}${style.semicolon}`;
  const line = `import { ${names.join(', ')} }${end}`;
  if (fits(line, style) || names.length === 1) return line;
  return `import {${names.map((name) => newline + indent + name).join(',')}${trailingComma}${newline}}${end}`;
}
