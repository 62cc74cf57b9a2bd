import { createProcessorTimeSuite } from './processor-time.ts';
import { CONNECTIONS } from './suite.ts';

/** Compares the edge worker with one that only forwards, and with nothing else that could disturb them. */
export const edge = createProcessorTimeSuite({
  name: 'edge',
  title: 'The edge worker',
  about: `3 replicas with the store off, ${CONNECTIONS} connections in a closed loop, as many clients that send back their cookies. Both workers run in the same runtime with the same settings.`,
  names: ['forwarder', 'workerCeiling'],
  replicas: 3,
});
