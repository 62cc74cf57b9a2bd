import type { Checker } from '../history.ts';
import { seconds } from '../seconds.ts';

/** Looks for crashes that no fault has caused. */
export const deathsCheck: Checker = {
  name: 'deaths',
  promise: 'no process ends unasked',
  find: ({ deaths }) =>
    deaths.map(({ name, how, atMs }) => ({
      check: 'deaths',
      message: `${name} ${how} at ${seconds(atMs)}`,
      operations: [],
    })),
};
