import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { I18nContext, I18nValidationException } from 'nestjs-i18n';
import { formatI18nErrors } from 'nestjs-i18n/dist/utils/util';
import { Tried } from '../experiments/tried';
import { NOW } from './clock';

/** Answers errors of HTTP in one form, in the language of the request. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  @Tried('problem-filter.catch')
  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const http = host.switchToHttp();
    const { url } = http.getRequest<Request>();
    const status = error instanceof HttpException ? error.getStatus() : 500;
    const title = I18nContext.current()?.t(`problems.${status}`) ?? '';
    http
      .getResponse<Response>()
      .status(status)
      .json({ status, title, detail: describe(error), url, at: NOW });
  }
}

/** Describes an error, invalid properties in the language of the request. */
function describe(error: unknown): unknown {
  const i18n = I18nContext.current();
  if (error instanceof I18nValidationException && i18n !== undefined) {
    return formatI18nErrors(error.errors, i18n.service, { lang: i18n.lang });
  }
  return error instanceof HttpException ? error.getResponse() : (error as Error).message;
}
