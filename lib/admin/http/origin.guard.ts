import { ForbiddenException, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';

/** What a page must send with what changes something: a foreign page can't send it unasked. */
const SIGN = { header: 'x-requested-with', value: 'nestjs-studies' } as const;

/** From where a browser may send what changes something: from a page of the same origin, or because a person has typed an address. */
const OWN_SITES = ['same-origin', 'none'];

/**
 * Lets no page of another site change anything with the rights of whoever looks at it. Requests of programs, which have neither `Origin`
 * nor `Sec-Fetch-Site`, are no concern of it.
 */
@Injectable()
export class OriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): true {
    const { headers } = context.switchToHttp().getRequest<{ headers: Readonly<Record<string, string | undefined>> }>();
    const { origin, 'sec-fetch-site': site, [SIGN.header]: sign } = headers;
    if (site !== undefined && !OWN_SITES.includes(site)) {
      throw new ForbiddenException(
        'A page of another site has sent this, which may not change experiments. Use the page of the administration itself, or a program.',
      );
    }
    if ((origin !== undefined || site !== undefined) && sign !== SIGN.value) {
      throw new ForbiddenException(
        'A browser has sent this without the header "X-Requested-With: nestjs-studies", which what changes experiments must have there, ' +
          'so that no other site can send it. Send the header with it.',
      );
    }
    return true;
  }
}
