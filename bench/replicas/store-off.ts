import { runReplica } from './run-replica.ts';

// The upper limit: a replica does everything for a visit except store it.

let last = 0;
await runReplica((store) => ({ ...store, commit: async (visits) => visits.map(() => ++last) }));
