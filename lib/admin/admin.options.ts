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

  /**
   * Decorators for the controllers of the administration, such as your `Public()` for a global guard that would refuse them, or
   * `SkipThrottle()`.
   */
  decorators?: (ClassDecorator | MethodDecorator)[];

  /** Address where people sign in. Who asks for the page and gets 401 is sent there. */
  signIn?: string;

  /**
   * Shows the administration in the application's own OpenAPI document. Its own document is `openapi.json` at its address.
   *
   * @default false
   */
  openapi?: boolean;
}

/** Resolved address and guards of the administration. */
export interface AdminSettings {
  readonly path: string;
  readonly guards: readonly (Type<CanActivate> | CanActivate)[];
  readonly actor: AdminOptions['actor'];
  readonly decorators: readonly ClassDecorator[];
  readonly signIn: string | undefined;
  readonly openapi: boolean;
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
    decorators: z.array(z.custom<ClassDecorator>((decorator) => typeof decorator === 'function', 'must be a decorator')),
    signIn: z
      .string()
      .regex(/^(?:https?:\/\/|\/(?!\/))[\x21-\x7e]*$/, 'must be an address such as "/login" or "https://sso.example/login"'),
    openapi: z.boolean(),
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
    decorators = [],
    signIn,
    openapi = false,
  } = check(schema, options, 'The "admin" option of StudiesModule');
  return { path, guards: guards.length > 0 || isPublic ? guards : [ClosedGuard], actor, decorators, signIn, openapi };
}
