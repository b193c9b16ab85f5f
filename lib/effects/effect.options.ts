import type { InjectionToken } from '@nestjs/common';

/**
 * Provider that sends something: its token, or the token with the methods that candidates may call.
 *
 * @publicApi
 */
export type EffectProvider = InjectionToken | { readonly provide: InjectionToken; readonly reads?: readonly string[] };

/**
 * Requests of candidates.
 *
 * @publicApi
 */
export interface RequestOptions {
  /**
   * Requests that candidates may send though they don't only read, such as `POST https://search.internal/*`: a method or `*`, and an address
   * in which `*` stands for any characters. At most 1 000.
   *
   * @default none: GET, HEAD and OPTIONS alone are sent
   */
  readonly allow?: readonly string[];
}
