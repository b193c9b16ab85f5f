import type { CandidateContext } from '../../experiment/run-context.js';
import { refuseEffect } from '../effect-refused.error.js';
import { sqlDialectOf, type SqlDialect } from './sql-dialect.js';
import { findStatementEffect, type StatementEffect } from './statement-effect.js';

/** Most statements whose effects are remembered, and the longest of them, in characters. An application sends the same ones again. */
const REMEMBERED = 500;
const LONGEST = 5_000;

/** Gate of the statements that candidates send to one kind of database. */
export class StatementGate {
  private readonly dialect: SqlDialect;
  private readonly known = new Map<string, StatementEffect>();

  /** @param type type of the data source, as TypeORM names it */
  constructor(type: string) {
    this.dialect = sqlDialectOf(type);
  }

  /** Returns what a statement does. */
  effectOf(statement: string): StatementEffect {
    const known = this.known.get(statement);
    if (known !== undefined) return known;
    const effect = findStatementEffect(statement, this.dialect);
    if (statement.length <= LONGEST) {
      if (this.known.size >= REMEMBERED) this.known.clear();
      this.known.set(statement, effect);
    }
    return effect;
  }

  /**
   * Lets a candidate's statement through, and returns what it does.
   *
   * @throws EffectRefusedError when it writes, and the candidate must not
   */
  pass(statement: string, candidate: CandidateContext): StatementEffect {
    const effect = this.effectOf(statement);
    if (effect.writes !== undefined && candidate.writes === 'refuse') throw refuseEffect(candidate, effect.writes);
    return effect;
  }
}
