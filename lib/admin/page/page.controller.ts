import {
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
  type Type,
} from '@nestjs/common';
import { acceptsGzip } from '../http/accept.js';
import { Administration } from '../administration.decorator.js';
import type { AdminSettings } from '../admin.options.js';
import { vary, type AdminResponse } from '../http/admin-response.js';
import { listEntryFiles } from './manifest.js';
import { PageFiles, type BuiltPage } from './page-files.js';
import { pageHtml } from './page-html.js';

const logger = new Logger('Studies');

/** Common part of the requests of Express and Fastify. */
interface PageRequest {
  readonly originalUrl: string;
}

/** Directory of the page's files, relative to the page. */
const DIRECTORY = 'page';

/**
 * Security headers: nothing is loaded from elsewhere, the document has no inline code, and no other site can frame the page.
 */
const HEADERS = {
  'Content-Security-Policy': "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** Creates the controller for the page, one class per module. */
export function createPageController(settings: AdminSettings): Type<unknown> {
  /** Last part of the page's address. The other parts may differ in a browser behind a proxy. */
  const name = settings.path.replace(/\/$/, '').replace(/^.*\//, '');

  @Administration(settings)
  class PageController {
    constructor(@Inject(PageFiles) private readonly files: PageFiles) {}

    @Get()
    async page(@Req() { originalUrl }: PageRequest, @Res({ passthrough: true }) response: AdminResponse): Promise<string> {
      protect(response);
      // With a slash at the end of the address, relative addresses would lead elsewhere.
      if (/^[^?]*\/(\?|$)/.test(originalUrl)) {
        response.status(HttpStatus.FOUND);
        response.header('Location', `../${name}`);
        return '';
      }
      const beginning = listEntryFiles((await this.built()).manifest);
      if (beginning === undefined) throw notBuilt();
      response.header('Content-Type', 'text/html; charset=utf-8');
      return pageHtml(beginning, `${name}/${DIRECTORY}`);
    }

    @Get(`${DIRECTORY}/:file`)
    async file(
      @Param('file') file: string,
      @Headers('accept-encoding') encodings: string | undefined,
      @Res({ passthrough: true }) response: AdminResponse,
    ): Promise<string | Buffer> {
      protect(response);
      const found = (await this.built()).files.get(file);
      if (found === undefined) {
        throw new NotFoundException('The page has no such file. It may have been updated: reload it.');
      }
      if (found.isHashed) response.header('Cache-Control', 'private, max-age=31536000, immutable');
      response.header('Content-Type', found.type);
      vary(response, 'Accept-Encoding');
      const gzipped = acceptsGzip(encodings) ? found.gzipped : undefined;
      if (gzipped !== undefined) response.header('Content-Encoding', 'gzip');
      return gzipped ?? found.body;
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

function protect(response: AdminResponse): void {
  for (const [header, value] of Object.entries(HEADERS)) response.header(header, value);
}

function notBuilt(): ServiceUnavailableException {
  return new ServiceUnavailableException(
    'The page of the administration is not built: nestjs-studies has no "dist/page" that can be read. In a checkout of it, run ' +
      '"npm run build"; elsewhere, reinstall it.',
  );
}
