import { runReplica } from './run-replica.ts';

// Without group commit: each visit in a transaction of its own, with as many at the same time as there are connections.

await runReplica((store) => ({
  ...store,
  commit: async (visits) => (await Promise.all(visits.map((visit) => store.commit([visit])))).flat(),
}));
