import { clientKey } from '../lib/ip-address.ts';
import { createLogQuota, type LogQuotaOptions } from '../lib/log-quota.ts';

export type RequestQuotaOptions = Pick<LogQuotaOptions, 'linesPerSecond' | 'monotonicMs'>;

/** Limits the lines about requests: of one client, and of one kind of failure, which can hit all clients at once. */
export interface RequestQuota {
  /** @returns the number of lines left out since the last one, or undefined when this line must not be logged */
  take(status: number, clientIp: string): number | undefined;
}

/** Failures that are rare are all logged; in an outage there is a line a second. */
const FAILURES_PER_SECOND = 1;
const FAILURES_AT_ONCE = 5;

export function createRequestQuota(options: RequestQuotaOptions): RequestQuota {
  const clients = createLogQuota(options);
  const failures = createLogQuota({ ...options, linesPerSecond: FAILURES_PER_SECOND, burst: FAILURES_AT_ONCE });
  return {
    take: (status, clientIp) => (status >= 500 ? failures.take(`${status}`) : clients.take(clientKey(clientIp))),
  };
}
