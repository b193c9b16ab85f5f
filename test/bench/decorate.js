/** Does what `@…` does in TypeScript: decorates a method, the last decorator first. Gives the class. */
export function decorate(Class, method, ...decorators) {
  const own = Object.getOwnPropertyDescriptor(Class.prototype, method);
  const decorated = decorators.reduceRight((descriptor, one) => one(Class.prototype, method, descriptor) ?? descriptor, own);
  Object.defineProperty(Class.prototype, method, decorated);
  return Class;
}
