import { ConflictException, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { scryptSync } from 'node:crypto';
import { Repository } from 'typeorm';
import { NOW } from '../common/clock';
import { Tried } from '../experiments/tried';
import type { CreateUserDto } from './user.dto';
import { User } from './user.entity';

@Injectable()
export class UsersService {
  constructor(@InjectRepository(User) private readonly users: Repository<User>) {}

  @Tried('users-service.create')
  async create({ email, password, role = 'customer' }: CreateUserDto): Promise<User> {
    if (await this.users.existsBy({ email })) throw new ConflictException('email is taken');
    const user = this.users.create({ email, passwordHash: this.hash(email, password), role, createdAt: NOW });
    return this.users.save(user);
  }

  @Tried('users-service.list', { reads: true })
  list(): Promise<User[]> {
    return this.users.find({ order: { id: 'ASC' }, relations: { orders: { lines: true } } });
  }

  @Tried('users-service.check', { reads: true })
  async check(email: string, password: string): Promise<User | undefined> {
    const user = await this.users.findOne({
      where: { email },
      select: { id: true, email: true, role: true, passwordHash: true },
    });
    return user?.passwordHash === this.hash(email, password) ? user : undefined;
  }

  /** Salted by the address, so that rows can be compared. */
  private hash(email: string, password: string): string {
    return scryptSync(password, email, 16, { N: 2 }).toString('hex');
  }
}
