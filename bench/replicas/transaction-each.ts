import { runReplica } from './run-replica.ts';

// What it would be without group commit: each visit in a transaction of its own, as many at once as there are connections.

await runReplica((store) => ({
  ...store,
  commit: async (visits) => (await Promise.all(visits.map((visit) => store.commit([visit])))).flat(),
}));
