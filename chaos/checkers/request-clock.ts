import { median } from '../../testkit/median.ts';
import type { ClockStep, Operation } from '../history.ts';

/** A balancer's request id begins with the seconds since the epoch. */
const SECONDS = /^(\d+\.\d{3})-/;

/** A clock may be stepped this long before or after the record of the step. */
const NOTED_WITHIN_MS = 2000;

/**
 * Creates a function that converts a request id to the time at which the balancer received the request, by the run's
 * clock. The offset between the balancer's clock and the run's is the median over the answered operations. During a
 * clock step the id is off by that step.
 *
 * @returns a function that returns undefined for an id that no balancer created
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
