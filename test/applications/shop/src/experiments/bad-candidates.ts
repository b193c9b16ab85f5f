import { ClsServiceManager } from 'nestjs-cls';
import { isObservable, map, type Observable } from 'rxjs';

export type Method = (this: unknown, ...args: unknown[]) => unknown;

const NATIVE = new Set<unknown>([Object, Array, Buffer, Date].map(({ prototype }) => prototype));

/** Makes a candidate that changes its arguments, the store of its request, and what the control's code gives it. */
export function mutating(control: Method, reads: boolean): Method {
  return function (...args) {
    const value = reads ? control.apply(this, args) : undefined;
    const cls = ClsServiceManager.getClsService();
    if (cls.isActive()) cls.set('user', 'ruined');
    ruin(args);
    if (isObservable(value)) return (value as Observable<unknown>).pipe(map((one) => ruin(one)));
    if (value instanceof Promise) return value.then((one) => ruin(one));
    return ruin(value);
  };
}

/** Throws at once, and leaves two more errors behind that come later. */
export function throwing(): never {
  setTimeout(() => {
    throw new Error('a timer of a candidate');
  });
  void Promise.reject(new Error('a promise of a candidate'));
  throw new Error('a candidate');
}

/** Never ends. */
export function hanging(): Promise<never> {
  return new Promise(() => undefined);
}

/** Changes data as far as it reaches. What has methods may be a service, which candidates share with everybody. */
function ruin(value: unknown, seen = new Set<unknown>()): unknown {
  if (typeof value !== 'object' || value === null || seen.has(value) || hasMethods(value)) return value;
  seen.add(value);
  if (Buffer.isBuffer(value)) return value.fill(0);
  if (value instanceof Date) return value.setTime(0);
  for (const key of Reflect.ownKeys(value)) {
    if (key === 'length' || !('value' in (Object.getOwnPropertyDescriptor(value, key) ?? {}))) continue;
    ruin(Reflect.get(value, key), seen);
    Reflect.set(value, key, 'ruined');
  }
  if (Array.isArray(value)) value.push('ruined');
  else Reflect.set(value, 'ruined', true);
  return value;
}

function hasMethods(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || NATIVE.has(prototype)) return false;
  const members = Object.values(Object.getOwnPropertyDescriptors(prototype as object));
  return members.some((member) => typeof member.value === 'function' && member.value !== value.constructor);
}
