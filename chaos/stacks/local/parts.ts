import type { FaultProxy } from '../../../testkit/network/fault-proxy.ts';
import type { RunContext } from '../stack.ts';
import type { LocalDatabase } from './database.ts';
import type { LocalProcess } from './process.ts';
import type { LocalReplica } from './replica.ts';

export interface LocalParts {
  /** The replicas in the worker's list of peers. */
  inService: LocalReplica[];
  replicas: LocalReplica[];
  edge: LocalProcess;
  edgeDatabaseGate: FaultProxy;
  database: LocalDatabase;
  notes: RunContext;
  /** Writes the replicas in service to the worker's list of peers. */
  tellPeers(): Promise<void>;
  /** Steps the clocks of all replicas, of the edge and of its host process. */
  stepClocks(ms: number): Promise<void>;
}
