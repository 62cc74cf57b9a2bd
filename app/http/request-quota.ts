import { clientKey } from '../lib/ip-address.ts';
import { createLogQuota, type LogQuotaOptions } from '../lib/log-quota.ts';

export type RequestQuotaOptions = Pick<LogQuotaOptions, 'linesPerSecond' | 'monotonicMs'>;

/** Limits the lines about requests: of one client, and of failures with one status and source, which can hit all clients at once. */
export interface RequestQuota {
  /**
   * @param source where an answer with this status comes from, such as the route
   * @returns the number of lines left out since the last one, or undefined when this line must not be logged
   */
  take(status: number, clientIp: string, source: string): number | undefined;
}

/** Failures that are rare are all logged; in an outage there is a line a second. */
const FAILURES_PER_SECOND = 1;
const FAILURES_AT_ONCE = 5;

export function createRequestQuota(options: RequestQuotaOptions): RequestQuota {
  const clients = createLogQuota(options);
  const failures = createLogQuota({ ...options, linesPerSecond: FAILURES_PER_SECOND, burst: FAILURES_AT_ONCE });
  return {
    take: (status, clientIp, source) =>
      status >= 500 ? failures.take(`${status} ${source}`) : clients.take(clientKey(clientIp)),
  };
}
