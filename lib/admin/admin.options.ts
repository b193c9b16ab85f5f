import type { CanActivate, Type } from '@nestjs/common';
import { z } from 'zod';
import { check } from '../experiment/validation.js';
import { ClosedGuard } from './http/closed.guard.js';

/**
 * Where the administration is served, and who may come in. Without `guards` or `public: true` nobody may.
 *
 * @publicApi
 */
export interface AdminOptions {
  /**
   * The path under which it is served, after the application's global prefix.
   *
   * @default 'studies'
   */
  path?: string;

  /** Guards that let in who may come: classes, made by Nest (see `imports`), or instances. All must agree. */
  guards?: (Type<CanActivate> | CanActivate)[];

  /**
   * Lets everybody in whom the application's global guards let in. Whoever comes in can change what runs in production.
   *
   * @default false
   */
  public?: boolean;

  /**
   * Names the person who makes a request, for the history of changes: gets the request as Express or Fastify has it, after the guards
   * have seen it. At most 200 characters are kept.
   */
  actor?(request: unknown): string | undefined;
}

/** Where the administration is served, and which guards of its own it asks. */
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
    message: 'must not be true beside guards: say either who may come in, or that everybody may',
  });

/**
 * Checks the options and decides who is asked: the guards, nobody if it is public, and else one that is always against it.
 *
 * @throws StudiesError when an option is wrong
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
