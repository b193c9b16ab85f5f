import type { FactoryProvider } from '@nestjs/common';

declare const VALUE: unique symbol;

/** A symbol that is the token of a value of this type. */
export type TypedSymbol<Value> = symbol & { readonly [VALUE]?: Value };

/** Token of a value of this type: its class, or a typed symbol. */
export type Token<Value> = TypedSymbol<Value> | (abstract new (...parts: never[]) => Value);

/** Tokens of a list of values, in their order. */
type TokensOf<Values extends readonly unknown[]> = readonly [...{ [Index in keyof Values]: Token<Values[Index]> }];

/** Factory of a provider's value, without its token. */
export type Factory<Value> = Omit<FactoryProvider<Value>, 'provide'>;

/** Creates a token for a value that has no class of its own. */
export function typedSymbol<Value>(name: string): TypedSymbol<Value> {
  return Symbol(`nestjs-studies:${name}`);
}

/** Creates a factory from other providers. Two tokens in the wrong order don't compile. */
export function factory<Value, Needs extends readonly unknown[]>(
  inject: TokensOf<Needs>,
  useFactory: (...needs: Needs) => Value | Promise<Value>,
): Factory<Value> {
  return { inject: [...inject] as symbol[], useFactory: useFactory as Factory<Value>['useFactory'] }; // Nest takes classes too, and any parameters
}

/** Provides a value that a function creates from other providers. Two tokens in the wrong order don't compile. */
export function provide<Value, Needs extends readonly unknown[]>(
  token: Token<Value>,
  inject: TokensOf<Needs>,
  useFactory: (...needs: Needs) => Value | Promise<Value>,
): FactoryProvider<Value> {
  return { provide: token, ...factory(inject, useFactory) };
}

/** Provides a class whose constructor takes other providers. Two tokens in the wrong order don't compile. */
export function provideClass<Instance, Needs extends readonly unknown[]>(
  token: new (...needs: [...Needs]) => Instance,
  inject: TokensOf<Needs>,
): FactoryProvider<Instance> {
  return { provide: token, ...factory<Instance, Needs>(inject, (...needs) => new token(...needs)) };
}

/** Provides a value that a function creates from other providers, by name. Use it when a list would be too long to read. */
export function provideNamed<Value, Needs extends object>(
  token: Token<Value>,
  inject: { readonly [Name in keyof Needs]: Token<Needs[Name]> },
  useFactory: (needs: Needs) => Value,
): FactoryProvider<Value> {
  const names = Object.keys(inject) as (keyof Needs)[]; // it has no other keys
  return {
    provide: token,
    inject: names.map((name) => inject[name] as symbol), // Nest takes classes too
    useFactory: (...needs: unknown[]) =>
      useFactory(Object.fromEntries(names.map((name, index) => [name, needs[index]])) as Needs), // one for each name
  };
}
