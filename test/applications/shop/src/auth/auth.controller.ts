import { Body, Controller, Get, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { ClsService } from 'nestjs-cls';
import { Tried } from '../experiments/tried';
import { LoginDto } from '../users/user.dto';
import { AuthService } from './auth.service';
import { CurrentUser } from './current-user.decorator';
import { JwtAuthGuard } from './jwt-auth.guard';
import type { Principal } from './jwt.strategy';

@ApiTags('auth')
@Controller({ path: 'auth', version: '1' })
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly cls: ClsService,
  ) {}

  @Post('login')
  @HttpCode(200)
  @Tried('auth.login', { reads: true })
  login(@Body() { email, password }: LoginDto): Promise<{ token: string }> {
    return this.auth.login(email, password);
  }

  /** Shows whom the token names, and what the request's store holds. */
  @Get('me')
  @ApiBearerAuth()
  @UseGuards(JwtAuthGuard)
  @Tried('auth.me', { reads: true })
  me(@CurrentUser() user: Principal): { user: Principal; store: string; requestId: string } {
    return { user, store: this.cls.get('user'), requestId: this.cls.getId() };
  }
}
