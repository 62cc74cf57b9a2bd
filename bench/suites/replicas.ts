import type { Suite } from './suite.ts';
import { compareVariants } from './variants.ts';

/** Compares different numbers of replicas on the same machine. */
export const replicas: Suite = {
  name: 'replicas',
  title: 'From one replica to many',
  about:
    'Mooring behind Nginx, 64 connections in a closed loop. All share the processors of one machine: more replicas are no more power here, and should cost none.',
  measure: (stage) =>
    compareVariants(
      {
        '2 replicas': { replicas: 2 },
        '1 replica': { replicas: 1 },
        '4 replicas': { replicas: 4 },
        '8 replicas': { replicas: 8 },
      },
      stage,
    ),
};

/** Compares different numbers of replicas without a store. */
export const replicasWithoutStore: Suite = {
  name: 'replicas-store-off',
  title: 'From two replicas to eight, store off',
  about:
    'The same with a store that keeps nothing: what it costs that more processes wake up for fewer requests each, whatever they do with them.',
  measure: (stage) =>
    compareVariants({ '2 replicas': { replicas: 2 }, '8 replicas': { replicas: 8 } }, stage, 'ceiling'),
};
