import { runReplica } from './run-replica.ts';

// The ceiling: all that a replica does for a visit, but for writing it down.

let last = 0;
await runReplica((store) => ({ ...store, commit: async (visits) => visits.map(() => ++last) }));
