import { ROUTE_NAME, readAffinityCookie } from './cookie.ts';

/**
 * What a replica sees of a client's affinity: `new` came without a cookie, `hit` is back on its replica, `moved` was
 * moored to another one, `invalid` brought something that names no replica. `takeover` is the edge's word: it answered
 * itself, because no replica could.
 */
export type AffinityVerdict = 'new' | 'hit' | 'moved' | 'invalid' | 'takeover';

const MD5_HEX = /^[0-9a-f]{32}$/;

/**
 * Compares a request's cookie with the replica that answers it. A replica knows no other's id, so a well-formed one that
 * is not its own counts as `moved`. Where replicas have `route` names, any short token is well formed.
 *
 * @param cookieHeader the request's `Cookie` header, undefined when it has none
 * @param sid the server id of the answering replica
 */
export function affinityVerdict(cookieHeader: string | undefined, sid: string): AffinityVerdict {
  const cookie = readAffinityCookie(cookieHeader);
  if (cookie === undefined) return 'new';
  if (cookie === sid) return 'hit';
  const wellFormed = MD5_HEX.test(sid) ? MD5_HEX : ROUTE_NAME;
  return wellFormed.test(cookie) ? 'moved' : 'invalid';
}
