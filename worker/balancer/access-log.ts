import { requestLine } from '../../app/http/request-line.ts';
import { createRequestQuota } from '../../app/http/request-quota.ts';
import type { Log } from '../../app/lib/log.ts';
import type { Answered } from './edge-figures.ts';
import type { Exchange } from './exchange.ts';

export interface AccessLogOptions {
  log: Log;
  /** How many lines a second one client may cause in the long run. */
  linesPerSecond: number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs: () => number;
}

/** Logs an answered request. */
export type AccessLog = (path: string, exchange: Exchange, answered: Answered) => void;

/** Creates the log of one line per request, with the peers tried and the verdict. */
export function createAccessLog({ log, linesPerSecond, monotonicMs }: AccessLogOptions): AccessLog {
  const quota = createRequestQuota({ linesPerSecond, monotonicMs });

  return (path, { client, peers, answeredBy, isTakenOver }, { affinity, ...answered }) => {
    if (isTakenOver) return;
    const more = { affinity, peer: peers.join(', ') || undefined, answeredBy };
    const line = requestLine({ path, client, ...answered, quota, source: answeredBy ?? '', more });
    if (line !== undefined) log.info(line, 'request');
  };
}
