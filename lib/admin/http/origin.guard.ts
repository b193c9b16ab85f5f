import { ForbiddenException, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';

/** Header that a page must send with changes. A page of another site can't send it without permission. */
const SIGN = { header: 'x-requested-with', value: 'nestjs-studies' } as const;

/** Values of `Sec-Fetch-Site` that are allowed for changes: pages of the same origin, or an address typed by a person. */
const OWN_SITES = ['same-origin', 'none'];

/**
 * Prevents pages of other sites from changing anything with their visitor's rights. Programs send neither `Origin` nor
 * `Sec-Fetch-Site`, and are not affected.
 */
@Injectable()
export class OriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): true {
    const { headers } = context.switchToHttp().getRequest<{ headers: Readonly<Record<string, string | undefined>> }>();
    const { origin, 'sec-fetch-site': site, [SIGN.header]: sign } = headers;
    if (site !== undefined && !OWN_SITES.includes(site)) {
      throw new ForbiddenException(
        'A page of another site has sent this request, and must not change experiments. Use the page of the administration itself, or a program.',
      );
    }
    if ((origin !== undefined || site !== undefined) && sign !== SIGN.value) {
      throw new ForbiddenException(
        'A browser has sent this request without the header "X-Requested-With: nestjs-studies". Browsers must send it with each change, ' +
          'so that no other site can make one. Add the header.',
      );
    }
    return true;
  }
}
