import { StudiesError } from '../../base/errors.js';

/** Returns the entity tag of a version (RFC 9110, 8.8.3). */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/**
 * Returns the version that an `If-Match` requires (RFC 9110, 13.1.1). A tag that a compressing proxy has made weak is accepted
 * too.
 *
 * @returns undefined for `*` or without the header: any version
 * @throws StudiesError `INVALID_CHANGE` when it is not the entity tag of a version
 */
export function readVersion(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(ifMatch.trim())?.[1];
  if (version !== undefined) return Number(version);
  const reason = `must be the ETag of the experiment, such as ${entityTag(3)}`;
  throw new StudiesError('INVALID_CHANGE', `The header "If-Match" ${reason}.`, { fields: [{ field: 'If-Match', reason }] });
}
