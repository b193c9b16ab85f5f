import { Digest, REACHES } from './digest.js';
import type { EqualityRules } from '../values/equality-rules.js';
import type { LeftOut } from './left-out.js';
import type { Comparer, Trying } from './comparing-task.js';

/** Member of a set, or entry of a map. */
export interface Member {
  /** The member, or the entry's key. */
  readonly key: unknown;
  readonly value: unknown;
  /** Ignored parts of the value. */
  readonly leftOut: LeftOut | undefined;
}

/** Members of both sides with the same digest, which may be equal. */
interface Group {
  readonly ones: Member[];
  readonly others: Member[];
}

/**
 * Search for an equal member or entry of the other side, for each of the one side. Members with different digests differ. Where several
 * have the same digest, they are tried in turn; if that fails, they get deeper digests. Equality is transitive, so any equal member will
 * do.
 */
export class Matching implements Trying {
  private readonly digest: Digest;
  private readonly byDigest = new Map<number, Group>();
  private digested = 0;
  private groups: Group[] | undefined;
  /** Index of the other member that is being tried. */
  private tried: number | undefined;
  private hasFailed = false;

  /**
   * @param ones members of the one side
   * @param others as many members of the other
   * @param holders the two sets or maps
   * @param rules rules by which the members are compared
   * @param reach depth of the digests, as an index of `REACHES`
   */
  constructor(
    private readonly ones: readonly Member[],
    private readonly others: readonly Member[],
    private readonly holders: readonly [object, object],
    private readonly rules: EqualityRules | undefined,
    private readonly reach = 0,
  ) {
    this.digest = new Digest(rules);
  }

  failed(): void {
    this.hasFailed = true;
  }

  advance(comparer: Comparer): boolean {
    if (this.digested < this.ones.length) {
      this.digestSome(comparer);
      return true;
    }
    if (this.groups === undefined) {
      this.groups = [...this.byDigest.values()];
      // If the numbers differ, some member has no equal.
      if (this.groups.some(({ ones, others }) => ones.length !== others.length)) return this.endAsDifferent(comparer);
    }
    return this.matchSome(comparer, this.groups);
  }

  private digestSome(comparer: Comparer): void {
    const { ones, others, digest } = this;
    while (this.digested < ones.length && comparer.quota > 0) {
      const [one, other] = [ones[this.digested], others[this.digested]];
      if (one !== undefined) this.findGroup(one).ones.push(one);
      if (other !== undefined) this.findGroup(other).others.push(other);
      this.digested += 1;
      comparer.quota -= digest.takeParts();
    }
  }

  private findGroup({ key, value, leftOut }: Member): Group {
    const reach = REACHES[this.reach] ?? { levels: 0, parts: 0 };
    // A value with ignored parts may equal one with another digest.
    const ofValue = leftOut === undefined ? this.digest.compute(value, reach) : 0;
    const digest = (Math.imul(this.digest.compute(key, reach), 31) + ofValue) | 0;
    let group = this.byDigest.get(digest);
    if (group === undefined) this.byDigest.set(digest, (group = { ones: [], others: [] }));
    return group;
  }

  /** Matches the groups from the last to the first, and each from its end. */
  private matchSome(comparer: Comparer, groups: Group[]): boolean {
    const { depth } = comparer;
    while (comparer.quota > 0 && comparer.depth === depth) {
      const group = groups[groups.length - 1];
      if (group === undefined) {
        comparer.pop();
        return true;
      }
      if (this.tried !== undefined) {
        if (!this.handleTrial(comparer, groups, group, this.tried)) return this.endAsDifferent(comparer);
      } else if (group.ones.length === 0) groups.pop();
      else if (group.ones.length > 1) this.try(comparer, group, group.others.length - 1);
      else {
        groups.pop();
        if (!pairMembers(comparer, group.ones[0], group.others[0])) return this.endAsDifferent(comparer);
      }
    }
    return true;
  }

  private try(comparer: Comparer, { ones, others }: Group, place: number): void {
    this.tried = place;
    this.hasFailed = false;
    comparer.try(this);
    if (!pairMembers(comparer, ones[ones.length - 1], others[place])) comparer.fail();
  }

  /** Handles the result of a trial. Returns false if nothing is left to try. */
  private handleTrial(comparer: Comparer, groups: Group[], group: Group, tried: number): boolean {
    this.tried = undefined;
    const { ones, others } = group;
    if (!this.hasFailed) {
      comparer.succeed();
      ones.pop();
      const last = others.pop();
      if (last !== undefined && tried < others.length) others[tried] = last;
      return true;
    }
    if (tried === 0) return false;
    const isFirst = tried === others.length - 1;
    if (isFirst && ones.length > 2 && this.reach + 1 < REACHES.length) {
      groups.pop();
      comparer.push(new Matching(ones, others, this.holders, this.rules, this.reach + 1));
    } else this.try(comparer, group, tried - 1);
    return true;
  }

  private endAsDifferent(comparer: Comparer): false {
    comparer.differ(...this.holders);
    return false;
  }
}

function pairMembers(comparer: Comparer, one: Member | undefined, other: Member | undefined): boolean {
  return comparer.pair(one?.key, other?.key, 0) && comparer.pair(one?.value, other?.value, 0, one?.leftOut);
}
