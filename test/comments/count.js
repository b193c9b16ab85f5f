import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** How a doc comment of house style doesn't begin: it names what a thing is or does. */
const OPENINGS = /^(what|how|whether|who|whose|whom|which|where|when|why|since when|under which|in which|for which|by what)\b/i;

/** The most doc comments that may begin so, as a share. */
const MOST = 0.1;

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Prints how lib/ is documented. Gives the process's exit code: 1 if an export has no comment, `any` is used, or too many begin badly. */
function main(isListing) {
  const files = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const found = files.map((file) => look(join(root, 'lib', file)));
  const comments = found.flatMap(({ comments }) => comments);
  const exports = found.flatMap(({ exports }) => exports);
  const anys = found.flatMap(({ anys }) => anys);
  const undocumented = exports.filter(({ isDocumented }) => !isDocumented);
  const bad = comments.filter(({ text }) => OPENINGS.test(text));
  const share = bad.length / comments.length;
  console.log(`${exports.length - undocumented.length} of ${exports.length} exports are documented.`);
  console.log(
    `${bad.length} of ${comments.length} doc comments (${(100 * share).toFixed(1)} %, at most ${100 * MOST} %) open with What, How, Whether …`,
  );
  console.log(`"any" is used ${anys.length} times without a reason beside it.`);
  for (const { place } of [...undocumented, ...anys]) console.log(`  ${place}`);
  if (isListing) for (const { place, text } of bad) console.log(`  ${place} ${text.split('\n')[0]}`);
  return undocumented.length + anys.length > 0 || share > MOST ? 1 : 0;
}

/** Finds what one file has: doc comments, exports, and uses of `any`. */
function look(path) {
  const text = readFileSync(path, 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found = { comments: [], exports: [], anys: [] };
  const seen = new Set();
  const placeOf = (position) => `${relative(root, path)}:${source.getLineAndCharacterOfPosition(position).line + 1}`;
  const visit = (node) => {
    for (const comment of ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)) {
      if (seen.has(comment.pos)) continue;
      seen.add(comment.pos);
      const opening = ts.getTextOfJSDocComment(comment.comment) ?? '';
      if (opening !== '') found.comments.push({ place: placeOf(comment.pos), text: opening });
    }
    if (isExported(node)) found.exports.push({ place: placeOf(node.getStart()), isDocumented: isDocumented(node) });
    if (node.kind === ts.SyntaxKind.AnyKeyword && !isExcused(text, source, node))
      found.anys.push({ place: placeOf(node.getStart()) });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isExported(node) {
  return (
    ts.isStatement(node) &&
    (ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

/** Overloads share the comment of their first. */
function isDocumented(node) {
  if (ts.getJSDocCommentsAndTags(node).some(ts.isJSDoc)) return true;
  if (!ts.isFunctionDeclaration(node)) return false;
  const overloads = node.parent.statements.filter(
    (other) => ts.isFunctionDeclaration(other) && other.name?.text === node.name?.text,
  );
  return overloads.some((other) => ts.getJSDocCommentsAndTags(other).some(ts.isJSDoc));
}

/** Whether the line before allows it, after a doc comment that says why. */
function isExcused(text, source, node) {
  const { line } = source.getLineAndCharacterOfPosition(node.getStart());
  return (text.split('\n')[line - 1] ?? '').includes('eslint-disable-next-line @typescript-eslint/no-explicit-any');
}

process.exitCode = main(process.argv.includes('--list'));
