import { ForbiddenException, Injectable, type CanActivate } from '@nestjs/common';

/** Lets nobody in, and says what to configure: who may turn experiments is never decided by default. */
@Injectable()
export class ClosedGuard implements CanActivate {
  canActivate(): never {
    throw new ForbiddenException(
      'The administration of experiments is closed. Say who may come in: StudiesModule.forRoot({ admin: { guards: [YourGuard] } }), ' +
        'or { admin: { public: true } } if a global guard or the network already does, or { admin: false } to serve none.',
    );
  }
}
