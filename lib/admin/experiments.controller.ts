import {
  Body,
  Delete,
  Get,
  Headers,
  HttpCode,
  HttpStatus,
  Inject,
  Param,
  Patch,
  Query,
  Req,
  Res,
  UseGuards,
  type Type,
} from '@nestjs/common';
import { StudiesError } from '../base/errors.js';
import { check } from '../experiment/validation.js';
import { ExperimentResults } from '../reports/experiment-results.js';
import { ExperimentCatalog } from '../operations/experiment-catalog.js';
import type { ExperimentRow } from '../storage/experiment-row.js';
import { ExperimentHistory } from '../operations/history/experiment-history.js';
import { askActor } from './http/actor.js';
import { Administration } from './administration.decorator.js';
import type { AdminSettings } from './admin.options.js';
import { changeResource, historyListSchema } from './schemas/history.schemas.js';
import { listSchema, patchSchema, toResource } from './schemas/experiment.schemas.js';
import type { AdminResponse } from './http/admin-response.js';
import { entityTag, readVersion } from './http/if-match.js';
import { openApiDocument } from './openapi/openapi.js';
import { OriginGuard } from './http/origin.guard.js';

/** Creates the controller for experiments. Each module gets a class of its own, since path and guards belong to the class. */
export function createExperimentsController(settings: AdminSettings): Type<unknown> {
  @Administration(settings)
  class ExperimentsController {
    constructor(
      @Inject(ExperimentCatalog) private readonly catalog: ExperimentCatalog,
      @Inject(ExperimentResults) private readonly records: ExperimentResults,
      @Inject(ExperimentHistory) private readonly history: ExperimentHistory,
    ) {}

    @Get('openapi.json')
    describe(): unknown {
      return openApiDocument();
    }

    @Get('experiments')
    async list(@Query() query: unknown): Promise<unknown> {
      const { items, nextCursor } = await this.catalog.findAll(check(listSchema, query, 'The query'));
      return { items: items.map(toResource), nextCursor };
    }

    @Get('experiments/:name')
    async read(@Param('name') name: string, @Res({ passthrough: true }) response: AdminResponse): Promise<unknown> {
      return tagged(await this.catalog.get(name), response);
    }

    @Patch('experiments/:name')
    @UseGuards(OriginGuard)
    async change(
      @Param('name') name: string,
      @Headers('if-match') ifMatch: string | undefined,
      @Headers('content-type') contentType: string | undefined,
      @Body() body: unknown,
      @Req() request: unknown,
      @Res({ passthrough: true }) response: AdminResponse,
    ): Promise<unknown> {
      refuseOtherThanJson(contentType);
      const change = check(patchSchema, body, `The change of experiment "${name}"`, 'INVALID_CHANGE');
      const changed = await this.catalog.change(name, change, {
        version: readVersion(ifMatch),
        actor: askActor(settings.actor, request),
      });
      if (changed.stored) return tagged(changed, response);
      response.status(HttpStatus.ACCEPTED);
      return { ...toResource(changed), stored: false };
    }

    @Delete('experiments/:name')
    @UseGuards(OriginGuard)
    @HttpCode(HttpStatus.NO_CONTENT)
    async remove(
      @Param('name') name: string,
      @Headers('if-match') ifMatch: string | undefined,
      @Req() request: unknown,
    ): Promise<void> {
      await this.records.remove(name, { version: readVersion(ifMatch), actor: askActor(settings.actor, request) });
    }

    @Get('experiments/:name/history')
    async changes(@Param('name') name: string, @Query() query: unknown): Promise<unknown> {
      const { items, nextCursor } = await this.history.find(name, check(historyListSchema, query, 'The query'));
      return { items: items.map(changeResource), nextCursor };
    }
  }

  return ExperimentsController;
}

/** Refuses other content types than JSON. Servers also parse forms, where every number is text. */
function refuseOtherThanJson(contentType = ''): void {
  if (/^application\/json\s*(?:;|$)/i.test(contentType)) return;
  const reason = 'must be application/json';
  throw new StudiesError('INVALID_CHANGE', `The header "Content-Type" ${reason}.`, {
    fields: [{ field: 'Content-Type', reason }],
  });
}

function tagged(row: ExperimentRow, response: AdminResponse): unknown {
  response.header('ETag', entityTag(row.version));
  return toResource(row);
}
