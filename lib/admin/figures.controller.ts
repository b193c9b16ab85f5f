import { Get, Inject, Param, Query, type Type } from '@nestjs/common';
import { check } from '../experiment/validation.js';
import { ExperimentFigures } from '../reports/experiment-figures.js';
import { ExperimentCharts } from '../reports/experiment-charts.js';
import { Administration } from './administration.decorator.js';
import type { AdminSettings } from './admin.options.js';
import { figuresQuerySchema, figuresResource, timelineQuerySchema, timelineResource } from './schemas/figures.schemas.js';
import { epochQuerySchema } from './schemas/result.schemas.js';

/** Creates the controller for key figures and charts, one class per module. */
export function createFiguresController(settings: AdminSettings): Type<unknown> {
  @Administration(settings)
  class FiguresController {
    constructor(
      @Inject(ExperimentFigures) private readonly figures: ExperimentFigures,
      @Inject(ExperimentCharts) private readonly pictures: ExperimentCharts,
    ) {}

    @Get('figures')
    async list(@Query() query: unknown): Promise<unknown> {
      const { name, epoch } = check(figuresQuerySchema, query, 'The query');
      return { items: (await this.figures.of(name, epoch)).map(figuresResource) };
    }

    @Get('experiments/:name/timeline')
    async timeline(@Param('name') name: string, @Query() query: unknown): Promise<unknown> {
      const { span = 'hour', epoch } = check(timelineQuerySchema, query, 'The query');
      return timelineResource(await this.pictures.timeline(name, span, epoch));
    }

    @Get('experiments/:name/durations')
    async durations(@Param('name') name: string, @Query() query: unknown): Promise<unknown> {
      const { epoch } = check(epochQuerySchema, query, 'The query');
      return this.pictures.durations(name, epoch);
    }
  }

  return FiguresController;
}
