import { Injectable } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import { Exclude } from 'class-transformer';
import { Column, type DataSource, Entity, PrimaryColumn } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { Experiment, STUDIES_ENTITIES } from '../../lib/index.js';
import { anApp, sqlite } from '../support/app.js';

const SECRET = 'hunter2hunter2';

class Address {
  @Column({ type: 'text' })
  city!: string;

  @Column({ type: 'text', select: false })
  street!: string;
}

@Entity()
class Member {
  @PrimaryColumn({ type: 'text' })
  email!: string;

  @Column({ type: 'text', select: false })
  hidden!: string;

  @Column(() => Address)
  address!: Address;
}

class MemberDto {
  @Exclude()
  internal = SECRET;
}

const member = (email: string) =>
  Object.assign(new Member(), {
    email,
    hidden: SECRET,
    address: Object.assign(new Address(), { city: 'Ulm', street: SECRET }),
  });

@Injectable()
class Members {
  @Experiment({ name: 'members', candidate: 'findV2', percentEnabled: 100, redact: ['email'] })
  find() {
    return member(SECRET);
  }

  findV2() {
    return [member(SECRET), new MemberDto()] as never;
  }

  @Experiment({ name: 'whole', candidate: 'findV2', percentEnabled: 100, clean: (value: unknown) => value, redact: ['email'] })
  whole() {
    return member(SECRET);
  }
}

describe('what an application hides in its classes', () => {
  it('is told nowhere: columns that queries leave out, ids of redacted columns, excluded properties', async () => {
    const entities = [Member, ...STUDIES_ENTITIES];
    const app = await anApp().testing().databases(sqlite({ entities })).providers(Members).start();
    expect(app.provider<DataSource>(getDataSourceToken() as string).hasMetadata(Member)).toBe(true);

    app.provider(Members).find();
    app.provider(Members).whole();
    await app.whenIdle();

    const results = app.results.results();
    expect(results).toHaveLength(2);
    const told = JSON.stringify(results.map((result) => [result, result.control.cleanedValue]));
    expect(told).not.toContain(SECRET);
    expect(told).toContain('"city":"Ulm","street":"[Redacted]"');
    expect(told).toContain('"entity":"Member","id":"[Redacted]"');
    expect(told).toContain('"internal":"[Redacted]"');
  });
});
