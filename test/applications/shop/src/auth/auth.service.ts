import { Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { NOW } from '../common/clock';
import { Tried } from '../experiments/tried';
import { UsersService } from '../users/users.service';

@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly jwt: JwtService,
  ) {}

  @Tried('auth-service.login', { reads: true })
  async login(email: string, password: string): Promise<{ token: string }> {
    const user = await this.users.check(email, password);
    if (user === undefined) throw new UnauthorizedException();
    const { id: sub, role } = user;
    return { token: await this.jwt.signAsync({ sub, email, role, iat: NOW.getTime() / 1000 }) };
  }
}
