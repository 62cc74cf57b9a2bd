import { Gauge, type Registry } from 'prom-client';
import { cachedRead } from '../../app/lib/cached-read.ts';
import { VERSION } from '../../app/lib/version.ts';
import { waitAtMost } from '../../app/lib/wait-at-most.ts';
import type { ReplicaRegistry } from '../../app/replicas/registry.ts';
import { viewReplica } from '../../app/replicas/snapshot.ts';

/** Provides a replica's state at each scrape. */
export interface ReplicaState {
  isDraining(): boolean;
  /** Whether the replica's last report was written. */
  isReporting(): boolean;
  replicas: Pick<ReplicaRegistry, 'list'>;
}

const STATES = ['ready', 'draining', 'gone', 'lost'] as const;

/** The table is read at most once a second, and a scrape waits no longer than this for a database that hangs. */
const MAX_AGE_MS = 1000;
const WAIT_MS = 500;

/** Longer than the deadline of any read. Without it, scrapes that are no longer waited for would poll a read that hangs forever. */
const LOST_AFTER_MS = 5000;

/** Creates metrics of a replica's own state, and of the other replicas as it sees them. */
export function createReplicaMetrics(registry: Registry, { isDraining, isReporting, replicas }: ReplicaState): void {
  const registers = [registry];
  const list = cachedRead({
    read: () => replicas.list().catch(() => undefined),
    maxAgeMs: () => MAX_AGE_MS,
    lostAfterMs: LOST_AFTER_MS,
  });

  new Gauge({
    name: 'mooring_build_info',
    help: 'The version of this replica; always 1.',
    labelNames: ['version'],
    registers,
  }).set({ version: VERSION }, 1);
  new Gauge({
    name: 'mooring_ready',
    help: 'Whether the replica is ready: 1 when it is not draining and its last self-report succeeded.',
    collect() {
      this.set(isReporting() && !isDraining() ? 1 : 0);
    },
    registers,
  });
  new Gauge({
    name: 'mooring_draining',
    help: 'Whether the replica is draining: 1 from the stop signal until it exits.',
    collect() {
      this.set(isDraining() ? 1 : 0);
    },
    registers,
  });
  new Gauge({
    name: 'mooring_database_up',
    help: 'Whether the last self-report, which a replica makes each second, succeeded: 1 or 0.',
    collect() {
      this.set(isReporting() ? 1 : 0);
    },
    registers,
  });
  new Gauge({
    name: 'mooring_replicas',
    help: 'Replicas of the last five minutes by state, as this one reads them in the database: ready, draining, gone (stopped cleanly) or lost (no final report). Absent while the database does not answer.',
    labelNames: ['state'],
    async collect() {
      this.reset();
      const seen = await waitAtMost(list(), WAIT_MS);
      if (!seen) return;
      const views = seen.map(viewReplica);
      for (const state of STATES) {
        this.set({ state }, views.filter((view) => (view.isLost ? 'lost' : view.state) === state).length);
      }
    },
    registers,
  });
}
