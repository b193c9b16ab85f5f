import {
  Body,
  ClassSerializerInterceptor,
  Controller,
  Get,
  Post,
  SerializeOptions,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { JwtAuthGuard } from '../auth/jwt-auth.guard';
import { Roles, RolesGuard } from '../auth/roles.guard';
import { Tried } from '../experiments/tried';
import { CreateUserDto } from './user.dto';
import type { User } from './user.entity';
import { UsersService } from './users.service';

@ApiTags('users')
@Controller({ path: 'users', version: '1' })
@UseInterceptors(ClassSerializerInterceptor)
export class UsersController {
  constructor(private readonly users: UsersService) {}

  /** Registers somebody. */
  @Post()
  @Tried('users.create')
  create(@Body() user: CreateUserDto): Promise<User> {
    return this.users.create(user);
  }

  @Tried('users.list', { reads: true })
  @Get()
  @ApiBearerAuth()
  @Roles('admin')
  @UseGuards(JwtAuthGuard, RolesGuard)
  @SerializeOptions({ groups: ['admin'] })
  list(): Promise<User[]> {
    return this.users.list();
  }
}
