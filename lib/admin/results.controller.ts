import { Delete, Get, Headers, HttpCode, HttpStatus, Inject, Param, Query, Req, Res, UseGuards, type Type } from '@nestjs/common';
import { check } from '../experiment/validation.js';
import { ExperimentEpochs } from '../reports/experiment-epochs.js';
import { ExperimentReceipts } from '../reports/receipt/experiment-receipts.js';
import { ExperimentResults } from '../reports/experiment-results.js';
import { summaryText } from '../reports/text/summary.text.js';
import { prefersText } from './http/accept.js';
import { askActor } from './http/actor.js';
import { Administration } from './administration.decorator.js';
import type { AdminSettings } from './admin.options.js';
import { vary, type AdminResponse } from './http/admin-response.js';
import { OriginGuard } from './http/origin.guard.js';
import { describeEpoch } from '../reports/receipt/make-receipt.js';
import { epochQuerySchema, resultListSchema, resultResource, summaryResource } from './schemas/result.schemas.js';

/** Creates the controller for recorded results, one class per module. */
export function createResultsController(settings: AdminSettings): Type<unknown> {
  @Administration(settings)
  class ResultsController {
    constructor(
      @Inject(ExperimentResults) private readonly records: ExperimentResults,
      @Inject(ExperimentReceipts) private readonly receipts: ExperimentReceipts,
      @Inject(ExperimentEpochs) private readonly states: ExperimentEpochs,
    ) {}

    @Get('experiments/:name/epochs')
    async epochs(@Param('name') name: string): Promise<unknown> {
      return { items: (await this.states.list(name)).map(describeEpoch) };
    }

    @Get('experiments/:name/summary')
    async summary(
      @Param('name') name: string,
      @Query() query: unknown,
      @Headers('accept') accept: string | undefined,
      @Res({ passthrough: true }) response: AdminResponse,
    ): Promise<unknown> {
      const { epoch } = check(epochQuerySchema, query, 'The query');
      const summary = await this.records.summary(name, epoch);
      vary(response, 'Accept');
      if (!prefersText(accept)) return summaryResource(summary);
      response.header('Content-Type', 'text/plain; charset=utf-8');
      return summaryText(summary);
    }

    @Get('experiments/:name/receipt')
    async receipt(@Param('name') name: string, @Query() query: unknown): Promise<unknown> {
      const { epoch } = check(epochQuerySchema, query, 'The query');
      return this.receipts.of(name, epoch);
    }

    @Get('experiments/:name/results')
    async list(@Param('name') name: string, @Query() query: unknown): Promise<unknown> {
      const { items, nextCursor } = await this.records.results(name, check(resultListSchema, query, 'The query'));
      return { items: items.map(resultResource), nextCursor };
    }

    @Get('experiments/:name/results/:id')
    async read(@Param('name') name: string, @Param('id') id: string): Promise<unknown> {
      return resultResource(await this.records.result(name, id));
    }

    @Get('experiments/:name/purging')
    async purging(@Param('name') name: string): Promise<unknown> {
      return { left: await this.records.unforgotten(name) };
    }

    @Delete('experiments/:name/results')
    @UseGuards(OriginGuard)
    @HttpCode(HttpStatus.NO_CONTENT)
    async purge(@Param('name') name: string, @Req() request: unknown): Promise<void> {
      await this.records.purge(name, { actor: askActor(settings.actor, request) });
    }
  }

  return ResultsController;
}
