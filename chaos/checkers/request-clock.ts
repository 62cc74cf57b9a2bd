import { median } from '../../testkit/median.ts';
import type { ClockStep, Operation } from '../history.ts';

/** What a balancer's request id begins with: the seconds since the epoch. */
const SECONDS = /^(\d+\.\d{3})-/;

/** A clock is stepped a moment before or after that is noted. */
const NOTED_WITHIN_MS = 2000;

/**
 * Builds what tells when a request came to its balancer, by the clock of the run: the balancers' clock is another, and how far
 * it is ahead the answered operations tell. An id that was given while the balancer's clock was wrong is as much ahead.
 *
 * @returns undefined for an id that no balancer gave
 */
export function createRequestClock(
  operations: readonly Operation[],
  clockSteps: readonly ClockStep[] = [],
): (requestId: string) => number | undefined {
  const isDuring = (atMs: number, { fromMs, untilMs }: ClockStep) =>
    fromMs - NOTED_WITHIN_MS <= atMs && atMs <= untilMs + NOTED_WITHIN_MS;
  const aheadMs = median(
    operations.flatMap(({ requestId, sentAtMs }) => {
      const wallMs = requestId === undefined ? undefined : readMs(requestId);
      return wallMs === undefined || clockSteps.some((step) => isDuring(sentAtMs, step)) ? [] : [wallMs - sentAtMs];
    }),
  );
  return (requestId) => {
    const wallMs = readMs(requestId);
    if (wallMs === undefined || aheadMs === undefined) return undefined;
    const cameAtMs = wallMs - aheadMs;
    const step = clockSteps.find((each) => isDuring(cameAtMs - each.stepMs, each));
    return step ? cameAtMs - step.stepMs : cameAtMs;
  };
}

function readMs(requestId: string): number | undefined {
  const seconds = requestId.match(SECONDS)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
