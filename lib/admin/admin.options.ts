import type { CanActivate, Type } from '@nestjs/common';
import { z } from 'zod';
import { check } from '../experiment/validation.js';
import { ClosedGuard } from './http/closed.guard.js';

/**
 * Address and access of the administration. Without `guards` or `public: true`, nobody has access.
 *
 * @publicApi
 */
export interface AdminOptions {
  /**
   * Path of the administration, after the application's global prefix.
   *
   * @default 'studies'
   */
  path?: string;

  /** Guards that decide who has access: classes, created by Nest (see `imports`), or instances. All of them must agree. */
  guards?: (Type<CanActivate> | CanActivate)[];

  /**
   * Gives access to everybody whom the application's global guards let in. Anybody with access can change what runs in
   * production.
   *
   * @default false
   */
  public?: boolean;

  /**
   * Returns the author of a request, for the history of changes. It is called after the guards, with the request of Express or
   * Fastify. At most 200 characters are kept.
   */
  actor?(request: unknown): string | undefined;
}

/** Resolved address and guards of the administration. */
export interface AdminSettings {
  readonly path: string;
  readonly guards: readonly (Type<CanActivate> | CanActivate)[];
  readonly actor: AdminOptions['actor'];
}

const schema = z
  .strictObject({
    path: z.string().regex(/^\/?[\w-]+(\/[\w-]+)*\/?$/, 'must be a path such as "studies" or "internal/studies"'),
    guards: z.array(
      z.custom<Type<CanActivate> | CanActivate>(
        (guard) => typeof guard === 'function' || typeof (guard as Partial<CanActivate> | null)?.canActivate === 'function',
        'must be a guard: a class or an instance with canActivate()',
      ),
    ),
    public: z.boolean(),
    actor: z.custom<NonNullable<AdminOptions['actor']>>((actor) => typeof actor === 'function', 'must be a function'),
  })
  .partial()
  .refine(({ guards = [], public: isPublic }) => !(isPublic && guards.length > 0), {
    path: ['public'],
    message: 'must not be true together with guards: set one of the two',
  });

/**
 * Checks the options and selects the guards: the given ones, none if it is public, and otherwise one that refuses everybody.
 *
 * @throws StudiesError `INVALID_OPTIONS` when an option is invalid
 */
export function resolveAdminSettings(options: AdminOptions): AdminSettings {
  const {
    path = 'studies',
    guards = [],
    public: isPublic = false,
    actor,
  } = check(schema, options, 'The "admin" option of StudiesModule');
  return { path, guards: guards.length > 0 || isPublic ? guards : [ClosedGuard], actor };
}
