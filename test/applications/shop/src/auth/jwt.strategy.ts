import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ClsService } from 'nestjs-cls';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { Tried } from '../experiments/tried';
import type { Role } from '../users/user.entity';

export const SECRET = 'secret of the tests';

/** Who asks. */
export interface Principal {
  readonly id: number;
  readonly email: string;
  readonly role: Role;
}

@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(private readonly cls: ClsService) {
    super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: SECRET });
  }

  @Tried('jwt-strategy.validate')
  validate({ sub, email, role }: { sub: number; email: string; role: Role }): Principal {
    this.cls.set('user', email);
    return { id: sub, email, role };
  }
}
