import { Gauge, type Registry } from 'prom-client';
import type { DatabaseServers } from '../database/database.ts';

/**
 * Creates the metric that names the server in use among several. The replica says it itself, because it knows servers of any
 * kind, with or without a group, and because visits need the server that the replicas find.
 */
export function createDatabaseServersMetrics(registry: Registry, { names, primary }: DatabaseServers): void {
  new Gauge({
    name: 'mooring_database_primary',
    help: 'Whether this replica uses this one of several database servers, because it accepts writes: 1 or 0. Absent with a single server.',
    labelNames: ['server'],
    collect() {
      const used = primary();
      for (const server of names) this.set({ server }, server === used ? 1 : 0);
    },
    registers: [registry],
  });
}
