import { ForbiddenException, Injectable, type CanActivate } from '@nestjs/common';

/** Refuses everybody, and explains the configuration. Access to experiments is never granted by default. */
@Injectable()
export class ClosedGuard implements CanActivate {
  canActivate(): never {
    throw new ForbiddenException(
      'The administration of experiments is closed. Configure who has access: StudiesModule.forRoot({ admin: { guards: [YourGuard] } }), ' +
        'or { admin: { public: true } } if a global guard or the network already does, or { admin: false } to serve none.',
    );
  }
}
