import { CONTROLLER_WATERMARK, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { StudiesError } from '../base/errors.js';

/** Parameters with which a method responds by itself. GraphQL uses the same numbers for others, so they count only for controllers. */
const RESPONDING = new Map<string, string>([
  [String(RouteParamtypes.RESPONSE), '@Res()'],
  [String(RouteParamtypes.NEXT), '@Next()'],
]);

/** Parameter with which a gateway's method acknowledges by itself: `RouteParamtypes.ACK`, which Nest 11 does not have. */
const ACKNOWLEDGING = new Map<string, string>([['13', '@Ack()']]);

/**
 * Refuses a control that receives the response object. Its candidates would receive it too, and could answer in its place.
 *
 * @param host class that has the method
 * @throws StudiesError
 */
export function refuseOwnResponse(host: object, method: string | symbol, where: string): void {
  const answers = Reflect.hasMetadata(CONTROLLER_WATERMARK, host) ? RESPONDING : ACKNOWLEDGING;
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, host, method) ?? {}) as object; // written by Nest
  for (const key of Object.keys(parameters)) {
    const answering = answers.get(key.split(':')[0] ?? '');
    if (answering === undefined) continue;
    throw new StudiesError(
      'UNSUPPORTED_METHOD',
      `${where} is an experiment's control and takes ${answering}: a candidate would answer the request once more. Return the ` +
        'answer (with @HttpCode() and @Header() as needed), or move the work to a provider and decorate that method.',
      { method: where, parameter: answering },
    );
  }
}
