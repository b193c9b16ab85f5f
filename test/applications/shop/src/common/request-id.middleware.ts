import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { ClsService } from 'nestjs-cls';
import { Tried } from '../experiments/tried';

@Injectable()
export class RequestIdMiddleware implements NestMiddleware {
  constructor(private readonly cls: ClsService) {}

  @Tried('request-id-middleware.use')
  use(_request: Request, response: Response, next: NextFunction): void {
    response.setHeader('X-Request-Id', this.cls.getId());
    next();
  }
}
