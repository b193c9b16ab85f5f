import type ts from 'typescript';
import type { Source } from './editing/source.js';
import { fits } from './editing/style.js';

/** Returns a method's text under another name: without its decorators, those of its parameters, and `override`. */
export function copyOfMethod(source: Source, method: ts.MethodDeclaration, name: string): string {
  const { ts } = source;
  const kept = (method.modifiers ?? []).filter(
    (modifier) => !ts.isDecorator(modifier) && modifier.kind !== ts.SyntaxKind.OverrideKeyword,
  );
  const modifiers = kept.map((modifier) => `${modifier.getText()} `).join('');
  const types = source.text.slice(method.name.end, method.parameters.pos - 1);
  const rest = source.text.slice(method.parameters.end, method.end);
  return modifiers + name + types + '(' + parametersOf(source, method, modifiers + name + types, rest);
}

/** Writes the parameters, on one line if they fit there without their decorators, and what follows them. */
function parametersOf(source: Source, method: ts.MethodDeclaration, before: string, rest: string): string {
  const { parameters } = method;
  const given = source.text.slice(parameters.pos, parameters.end);
  const texts = parameters.map((parameter) => withoutDecorators(source, parameter));
  const closing = rest.replace(/^\s*\)/, ')');
  if (!given.includes('\n')) return texts.join(', ') + closing;
  const line = `${before}(${texts.join(', ')}${closing.split('\n')[0] ?? ''}`;
  const short = texts.every((text) => !text.includes('\n')) && !/\/[/*]/.test(given);
  if (short && fits(source.indentAt(method.getStart()) + line, source.style)) return texts.join(', ') + closing;
  return (
    parameters.reduceRight((text, parameter, index) => {
      const start = parameter.getStart() - parameters.pos;
      return text.slice(0, start) + (texts[index] ?? '') + text.slice(parameter.end - parameters.pos);
    }, given) + rest
  );
}

function withoutDecorators(source: Source, parameter: ts.ParameterDeclaration): string {
  const { ts } = source;
  const first = (parameter.modifiers ?? []).find((modifier) => !ts.isDecorator(modifier));
  const start = (first ?? parameter.dotDotDotToken ?? parameter.name).getStart();
  return source.text.slice(start, parameter.end);
}
