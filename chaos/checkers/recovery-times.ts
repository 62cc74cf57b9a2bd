import type { Checker } from '../history.ts';
import { seconds } from '../seconds.ts';

/** Compares how long things took to come back with the limits in the stack's description. */
export const recoveryTimesCheck: Checker = {
  name: 'recovery-times',
  promise: 'what the loss of a machine or of the primary takes away is back within the time that the stack allows',
  find: ({ recoveries }) =>
    recoveries
      .filter(({ atMs, untilMs = Number.POSITIVE_INFINITY, withinMs }) => untilMs - atMs > withinMs)
      .map(({ what, atMs, untilMs, withinMs }) => {
        const took = untilMs === undefined ? 'did not come back' : `took ${seconds(untilMs - atMs)} to come back`;
        return {
          check: 'recovery-times',
          message: `${what} ${took}, from ${seconds(atMs)} on; the limit is ${seconds(withinMs)}`,
          operations: [],
        };
      }),
};
