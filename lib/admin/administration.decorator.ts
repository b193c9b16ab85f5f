import { applyDecorators, Controller, Res, UseFilters, UseGuards, UseInterceptors, VERSION_NEUTRAL } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { AdminErrorsInterceptor } from './http/admin-errors.interceptor.js';
import type { AdminSettings } from './admin.options.js';
import { AdminErrorsFilter } from './http/admin-errors.filter.js';
import { PrivateInterceptor } from './http/no-store.interceptor.js';
import { ReplyInterceptor } from './http/reply.interceptor.js';

/** Metadata with which @nestjs/swagger leaves a controller out of the application's OpenAPI document. */
const EXCLUDED = 'swagger/apiExcludeController';

/**
 * Makes a class a controller of the administration: with its address, its guards, and the application's decorators. Its answers are its own,
 * whatever interceptors, filters and serialisers the application has for all controllers.
 */
export function Administration({ path, guards, decorators, openapi, signIn }: AdminSettings): ClassDecorator {
  return applyDecorators(
    ...decorators,
    Controller({ path, version: VERSION_NEUTRAL }),
    UseGuards(...guards),
    UseInterceptors(PrivateInterceptor, ReplyInterceptor, AdminErrorsInterceptor),
    UseFilters(new AdminErrorsFilter(signIn)),
    (target: object) => {
      if (!openapi) Reflect.defineMetadata(EXCLUDED, [true], target);
      answerItself((target as { readonly prototype: object }).prototype); // it decorates classes only
    },
  );
}

/** Makes Nest leave the response to the methods of a controller: it does so for those that receive the response. */
function answerItself(prototype: object): void {
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const method: unknown = Reflect.get(prototype, name);
    if (typeof method === 'function' && Reflect.hasMetadata(PATH_METADATA, method)) Res()(prototype, name, method.length);
  }
}
