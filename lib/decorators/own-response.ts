import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { StudiesError } from '../experiment/errors.js';

/** Parameters with which a method answers by itself: `@Res()`, `@Next()`, a gateway's `@Ack()`. */
const ANSWERING = new Map<string, string>([
  [String(RouteParamtypes.RESPONSE), '@Res()'],
  [String(RouteParamtypes.NEXT), '@Next()'],
  ['13', '@Ack()'],
]);

/**
 * Refuses a control that is handed the response: its candidates would be handed it too, and could answer in its place.
 *
 * @throws StudiesError
 */
export function refuseOwnResponse(controller: object, method: string | symbol, where: string): void {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as object; // written by Nest
  for (const key of Object.keys(parameters)) {
    const answering = ANSWERING.get(key.split(':')[0] ?? '');
    if (answering === undefined) continue;
    throw new StudiesError(
      'UNSUPPORTED_METHOD',
      `${where} is an experiment's control and takes ${answering}: a candidate would answer the request once more. Return the ` +
        'answer (with @HttpCode() and @Header() as needed), or move the work to a provider and decorate that method.',
      { method: where, parameter: answering },
    );
  }
}
