import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { Tried } from '../experiments/tried';
import type { Role } from '../users/user.entity';
import type { Principal } from './jwt.strategy';

export const Roles = (...roles: Role[]) => SetMetadata('roles', roles);

@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  @Tried('roles-guard.can-activate')
  canActivate(context: ExecutionContext): boolean {
    const roles = this.reflector.getAllAndOverride<Role[]>('roles', [context.getHandler(), context.getClass()]);
    const user = context.switchToHttp().getRequest<Request & { user: Principal }>().user;
    return roles.includes(user.role);
  }
}
