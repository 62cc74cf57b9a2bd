import type { Checker } from '../history.ts';
import { seconds } from '../seconds.ts';

/** Looks for containers that `docker compose up` replaced, added or removed although the stack was already up. */
export const unchangedCheck: Checker = {
  name: 'unchanged',
  promise: 'docker compose up changes no container of a running stack',
  find: ({ changes }) =>
    changes.map(({ atMs, what }) => ({
      check: 'unchanged',
      message: `after docker compose up at ${seconds(atMs)}: ${what}`,
      operations: [],
    })),
};
