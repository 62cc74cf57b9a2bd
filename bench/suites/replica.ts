import { createProcessorTimeSuite } from './processor-time.ts';
import { CONNECTIONS } from './suite.ts';

/** Compares a replica with the least that a Hono app on Node does for the same response. */
export const replica = createProcessorTimeSuite({
  name: 'replica',
  title: 'A replica alone',
  about: `One process without a balancer, ${CONNECTIONS} connections in a closed loop, as many clients that send back their cookies. The bare app sends the same bytes and does nothing else: no ids, no log, no figures, no limits, no drain.`,
  names: ['bareDirect', 'direct'],
  replicas: 1,
});
