import { Inject, Injectable, Module, type CanActivate, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import type { ExperimentService } from 'nestjs-studies';
import { settings } from '../settings';
import { studies } from './studies';

/** Limits that three bad candidates, one of which hangs for ever, would reach otherwise. */
const UNLIMITED = { maxCandidates: 1_000_000, maxEventLoopUtilization: 1, maxEventLoopDelay: 60_000 };

/** Lets the client of the tests read what was counted. */
@Injectable()
class EverybodyGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

/** Gives the application the library, or nothing when experiments are absent. */
export function importExperiments(): DynamicModule[] {
  if (studies === undefined) return [];

  @Module({})
  class ExperimentsModule implements OnApplicationBootstrap {
    constructor(@Inject(studies?.ExperimentService) private readonly experiments: ExperimentService) {}

    /** Takes the guardrails away, which would stop each experiment after some runs. */
    async onApplicationBootstrap(): Promise<void> {
      const guardrails = { errorRate: null, mismatchRate: null, slowerBy: null, blockedFor: null };
      const all = await this.experiments.findAll({ limit: 200 });
      for (const { name } of all.items) await this.experiments.update(name, { guardrails });
    }
  }

  return [
    studies.StudiesModule.forRoot({
      ...UNLIMITED,
      admin: { guards: [EverybodyGuard] },
      candidatePool: { max: 5 },
      defaults: { percentEnabled: Number(settings.experiments), timeout: 150, maxConcurrent: 100_000 },
      flushInterval: 100,
      shutdownTimeout: 500,
    }),
    { module: ExperimentsModule },
  ];
}
