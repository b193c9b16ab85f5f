import type { ModulesContainer } from '@nestjs/core';
import type { ExperimentRegistry } from '../experiment/run/experiment-registry.js';
import type { ExperimentExplorer } from './experiment-explorer.js';

/** Time, in ms, between two looks for modules that were loaded later. */
const INTERVAL = 1_000;

/**
 * Watch over modules that the application loads after its start, with `LazyModuleLoader`. What is wrong in them is reported, because
 * nothing can be refused any more.
 */
export class LateModules {
  private timer: NodeJS.Timeout | undefined;
  private explored = 0;
  private readonly reported = new Set<string>();

  constructor(
    private readonly modules: Pick<ModulesContainer, 'size'>,
    private readonly explorer: ExperimentExplorer,
    private readonly registry: ExperimentRegistry,
    /** Called when modules were loaded, for what else depends on what the application has. */
    private readonly loaded: () => void,
    private readonly report: (error: unknown, experiment: string | undefined) => void,
  ) {}

  /** Starts watching. To be called when the modules of the start are explored. Keeps no process alive. */
  start(): void {
    this.explored = this.modules.size;
    this.registry.own.run(() => {
      this.timer = setInterval(() => this.look(), INTERVAL).unref();
    });
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const { size } = this.modules;
    if (size === this.explored) return;
    try {
      const { candidates, errors } = this.explorer.explore();
      this.explored = size;
      this.registry.extend(candidates);
      this.loaded();
      for (const error of errors) this.reportOnce(error, error.details.experiment);
    } catch (error) {
      this.explored = size;
      this.reportOnce(error, undefined);
    }
  }

  private reportOnce(error: unknown, experiment: unknown): void {
    const key = String(error);
    if (this.reported.has(key)) return;
    this.reported.add(key);
    this.report(error, typeof experiment === 'string' ? experiment : undefined);
  }
}
