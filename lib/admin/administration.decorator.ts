import { applyDecorators, Controller, UseFilters, UseGuards, UseInterceptors, VERSION_NEUTRAL } from '@nestjs/common';
import { AdminErrorsInterceptor } from './http/admin-errors.interceptor.js';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import type { AdminSettings } from './admin.options.js';
import { AdminErrorsFilter } from './http/admin-errors.filter.js';
import { PrivateInterceptor } from './http/no-store.interceptor.js';
import { ReplyInterceptor } from './http/reply.interceptor.js';

/** Metadata with which @nestjs/swagger leaves a controller out of the application's OpenAPI document. */
const EXCLUDED = 'swagger/apiExcludeController';

/** Metadata in which compilers note the types of parameters. */
const PARAMTYPES = 'design:paramtypes';

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
      leaveParametersAlone((target as { readonly prototype: object }).prototype); // it decorates classes only
    },
  );
}

/**
 * Tells pipes that the parameters of a controller's methods have no types that they could validate or convert to: the administration checks
 * them itself. Without that, Nest 12 warns of each method where a `ValidationPipe` stands before all.
 */
function leaveParametersAlone(prototype: object): void {
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const method: unknown = Reflect.get(prototype, name);
    if (typeof method !== 'function' || !Reflect.hasMetadata(PATH_METADATA, method)) continue;
    Reflect.defineMetadata(PARAMTYPES, new Array(method.length).fill(Object), prototype, name);
  }
}
