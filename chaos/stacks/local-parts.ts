import type { FaultProxy } from '../../testkit/network/fault-proxy.ts';
import type { LocalDatabase } from './local-database.ts';
import type { LocalProcess } from './local-process.ts';
import type { LocalReplica } from './local-replica.ts';
import type { RunContext } from './stack.ts';

/** What a local stack is made of. */
export interface LocalParts {
  /** The replicas that the worker knows. */
  inService: LocalReplica[];
  replicas: LocalReplica[];
  edge: LocalProcess;
  edgeDatabaseGate: FaultProxy;
  database: LocalDatabase;
  notes: RunContext;
  /** Tells the worker who is in service. */
  tellPeers(): Promise<void>;
  /** Steps the clocks of all replicas and of the edge, and of the process around it. */
  stepClocks(ms: number): Promise<void>;
}
