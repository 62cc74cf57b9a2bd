import type { ClientInfo } from '../client/client-info.ts';
import { notLogged } from '../lib/log-quota.ts';
import type { RequestQuota } from './request-quota.ts';

export interface RequestLineOptions {
  method: string;
  path: string;
  status: number;
  client: ClientInfo;
  durationMs: number;
  /** Undefined for no limit. */
  quota: RequestQuota | undefined;
  /** Where the answer comes from: failures of one source share a quota. */
  source: string;
  /** What else the line has. */
  more: object;
}

/** Clients choose path and method, so their length is limited: long ones would push older lines out of the log. */
const MAX_FIELD_LENGTH = 512;

/**
 * Returns the line that a replica or a balancer logs about an answered request. The query string is left out, because clients
 * may put secrets there.
 *
 * @returns undefined when the quota is used up
 */
export function requestLine(options: RequestLineOptions): object | undefined {
  const { method, path, status, client, durationMs, quota, source, more } = options;
  const { clientIp, requestId } = client;
  const leftOut = quota ? quota.take(status, clientIp, source) : 0;
  if (leftOut === undefined) return undefined;
  return {
    clientIp,
    requestId,
    method: shorten(method),
    path: shorten(path),
    status,
    ...more,
    durationMs: Math.round(durationMs * 1000) / 1000,
    ...notLogged(leftOut),
  };
}

function shorten(text: string): string {
  return text.length <= MAX_FIELD_LENGTH ? text : `${text.slice(0, MAX_FIELD_LENGTH)}…`;
}
