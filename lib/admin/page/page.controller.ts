import {
  Controller,
  Get,
  Headers,
  HttpStatus,
  Inject,
  Logger,
  NotFoundException,
  Param,
  Req,
  Res,
  ServiceUnavailableException,
  UseGuards,
  VERSION_NEUTRAL,
  type Type,
} from '@nestjs/common';
import { acceptsGzip } from '../http/accept.js';
import type { AdminSettings } from '../admin.options.js';
import { vary, type HeaderResponse } from '../http/header-response.js';
import { listEntryFiles } from './manifest.js';
import { PageFiles, type BuiltPage } from './page-files.js';
import { pageHtml } from './page-html.js';

const logger = new Logger('Studies');

/** What the requests of Express and Fastify have in common. */
interface PageRequest {
  readonly originalUrl: string;
}

/** What their responses have in common. */
interface PageResponse extends HeaderResponse {
  status(status: number): unknown;
  send(body: string | Buffer): unknown;
}

/** Where the page's files are, below it. */
const DIRECTORY = 'page';

/** Nothing is loaded from elsewhere, nothing stands in the document itself, and no other site has the page in a frame. */
const HEADERS = {
  'Content-Security-Policy': "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** Makes the controller of the page for people, for a module, as `createExperimentsController` that of the experiments. */
export function createPageController({ path, guards }: AdminSettings): Type<unknown> {
  /** The last part of the page's address: the others can be others in a browser, behind a proxy. */
  const name = path.replace(/\/$/, '').replace(/^.*\//, '');

  @Controller({ path, version: VERSION_NEUTRAL })
  @UseGuards(...guards)
  class PageController {
    constructor(@Inject(PageFiles) private readonly files: PageFiles) {}

    @Get()
    async page(@Req() { originalUrl }: PageRequest, @Res() response: PageResponse): Promise<void> {
      protect(response);
      // Below an address that ends with a slash, relative ones would lead elsewhere.
      if (/^[^?]*\/(\?|$)/.test(originalUrl)) {
        response.status(HttpStatus.FOUND);
        response.header('Location', `../${name}`);
        response.send('');
        return;
      }
      const beginning = listEntryFiles((await this.built()).manifest);
      if (beginning === undefined) throw notBuilt();
      response.header('Content-Type', 'text/html; charset=utf-8');
      response.send(pageHtml(beginning, `${name}/${DIRECTORY}`));
    }

    @Get(`${DIRECTORY}/:file`)
    async file(
      @Param('file') file: string,
      @Headers('accept-encoding') encodings: string | undefined,
      @Res() response: PageResponse,
    ): Promise<void> {
      protect(response);
      const found = (await this.built()).files.get(file);
      if (found === undefined) {
        throw new NotFoundException('The page has no such file. It may be a newer one by now: load it again.');
      }
      if (found.isHashed) response.header('Cache-Control', 'private, max-age=31536000, immutable');
      response.header('Content-Type', found.type);
      vary(response, 'Accept-Encoding');
      const gzipped = acceptsGzip(encodings) ? found.gzipped : undefined;
      if (gzipped !== undefined) response.header('Content-Encoding', 'gzip');
      response.send(gzipped ?? found.body);
    }

    private async built(): Promise<BuiltPage> {
      let built: BuiltPage | undefined;
      try {
        built = await this.files.page();
      } catch (error) {
        logger.error(`The page of the administration can't be read: ${String(error)}`);
      }
      if (built === undefined) throw notBuilt();
      return built;
    }
  }

  return PageController;
}

function protect(response: HeaderResponse): void {
  for (const [header, value] of Object.entries(HEADERS)) response.header(header, value);
}

function notBuilt(): ServiceUnavailableException {
  return new ServiceUnavailableException(
    'The page of the administration is not built: nestjs-studies has no "dist/page" that can be read. In a checkout of it, run ' +
      '"npm run build"; elsewhere, install it anew.',
  );
}
