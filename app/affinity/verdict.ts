import { ROUTE_NAME } from './cookie.ts';

/**
 * How a request's affinity cookie compares to the replica that answers. `new`: no cookie. `hit`: the cookie names this
 * replica. `moved`: it names another replica. `invalid`: it names no replica. `takeover`: no replica could answer, so the
 * edge answered itself; only the edge sets it.
 */
export type AffinityVerdict = 'new' | 'hit' | 'moved' | 'invalid' | 'takeover';

const MD5_HEX = /^[0-9a-f]{32}$/;

/**
 * Compares a request's cookie with the replica that answers. A replica does not know the ids of the others, so any
 * well-formed id other than its own counts as `moved`. Where replicas have `route` names, any short token is well formed.
 *
 * @param cookie the request's affinity cookie, undefined when it has none
 * @param sid the server id of the answering replica
 */
export function affinityVerdict(cookie: string | undefined, sid: string): AffinityVerdict {
  if (cookie === undefined) return 'new';
  if (cookie === sid) return 'hit';
  const wellFormed = MD5_HEX.test(sid) ? MD5_HEX : ROUTE_NAME;
  return wellFormed.test(cookie) ? 'moved' : 'invalid';
}
