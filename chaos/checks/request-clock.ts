import { median } from '../../tests/support/median.ts';
import type { Operation } from '../history.ts';

/** What a balancer's request id begins with: the seconds since the epoch. */
const SECONDS = /^(\d+\.\d{3})-/;

/**
 * Builds what tells when a request came to its balancer, by the clock of the run: the balancers' clock is another, and how far
 * it is ahead the answered operations tell.
 *
 * @returns undefined for an id that no balancer gave
 */
export function createRequestClock(operations: readonly Operation[]): (requestId: string) => number | undefined {
  const aheadMs = median(
    operations.flatMap(({ requestId, sentAtMs }) => {
      const wallMs = requestId === undefined ? undefined : readMs(requestId);
      return wallMs === undefined ? [] : [wallMs - sentAtMs];
    }),
  );
  return (requestId) => {
    const wallMs = readMs(requestId);
    return wallMs === undefined || aheadMs === undefined ? undefined : wallMs - aheadMs;
  };
}

function readMs(requestId: string): number | undefined {
  const seconds = requestId.match(SECONDS)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
