import type { Server } from '../app/env.ts';
import type { Log } from '../app/lib/log.ts';
import { VERSION } from '../app/lib/version.ts';
import { createHeartbeat, type Heartbeat } from '../app/replicas/heartbeat.ts';
import { createInterruptions } from '../app/replicas/interruptions.ts';
import type { ReplicaTable } from '../app/replicas/registry.ts';
import { createTraffic, type Traffic } from '../app/replicas/stats.ts';
import { createRecentLatency } from './recent-latency.ts';

export interface PresenceOptions {
  server: Server;
  replicas: ReplicaTable;
  isDraining: () => boolean;
  log: Log;
}

/** A replica as the others see it: it counts what it does, and reports that each second until it stops. */
export interface Presence extends Pick<Traffic, 'observe' | 'letGo'>, Heartbeat {}

/** Builds the presence of a replica that starts now. */
export function createPresence({ server, replicas, isDraining, log }: PresenceOptions): Presence {
  const { sid, address } = server;
  const startedAtMs = Date.now();
  const { observe, letGo, resume, figures } = createTraffic({ latency: createRecentLatency() });
  const interruptions = createInterruptions();
  let isStopped = false;

  const heartbeat = createHeartbeat({
    replicas,
    report: () => {
      const state = isStopped ? 'stopped' : isDraining() ? 'draining' : 'ready';
      const all = { ...figures(), interruptions: interruptions.list() };
      return { sid, address, version: VERSION, state, startedAtMs, figures: all };
    },
    // The first report replaces the row of the process that had this server id before.
    async prepare() {
      const previous = (await replicas.list()).find((replica) => replica.sid === sid);
      if (!previous) return;
      resume(previous.figures);
      interruptions.resume(previous);
    },
    onChange: interruptions.databaseChanged,
    log,
  });

  return {
    ...heartbeat,
    observe,
    letGo,
    stop() {
      isStopped = true;
      return heartbeat.stop();
    },
  };
}
