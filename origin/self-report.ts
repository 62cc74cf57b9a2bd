import type { ReplicaIdentity } from '../app/env.ts';
import type { Log } from '../app/lib/log.ts';
import { VERSION } from '../app/lib/version.ts';
import { createHeartbeat, type Heartbeat } from '../app/replicas/heartbeat.ts';
import { createInterruptions } from '../app/replicas/interruptions.ts';
import type { ReplicaRegistry } from '../app/replicas/registry.ts';
import { createSessionRecorder, type SessionRecorder, type SessionState } from '../app/replicas/session-figures.ts';
import { createStatsRecorder, type StatsRecorder } from '../app/replicas/stats.ts';
import { createRecentLatency } from './recent-latency.ts';

export interface SelfReportOptions {
  server: ReplicaIdentity;
  replicas: ReplicaRegistry;
  isDraining: () => boolean;
  /** Whether the database was unavailable when the replica started. */
  isDatabaseAway: boolean;
  log: Log;
}

/** A replica as the others see it: it counts what it does, and reports the stats every second until it stops. */
export interface SelfReport extends Pick<StatsRecorder, 'observe'>, Heartbeat {
  /** Adds what the replica does with sessions to its reports. Call it before the first one. */
  watchSessions(state: SessionState): void;
}

/** Creates the self-report of a replica that starts now. */
export function createSelfReport(options: SelfReportOptions): SelfReport {
  const { server, replicas, isDraining, isDatabaseAway, log } = options;
  const { sid, address } = server;
  const startedAtMs = Date.now();
  const { observe, resume, figures } = createStatsRecorder({ latency: createRecentLatency() });
  const interruptions = createInterruptions();
  let sessions: SessionRecorder | undefined;
  let isStopped = false;

  const heartbeat = createHeartbeat({
    replicas,
    report: () => {
      const state = isStopped ? 'stopped' : isDraining() ? 'draining' : 'ready';
      const all = {
        ...figures(),
        interruptions: interruptions.list(),
        ...(sessions && { sessions: sessions.figures() }),
      };
      return { sid, address, version: VERSION, state, startedAtMs, figures: all };
    },
    // Read the row before the first report replaces it: it belongs to the previous process with this server id.
    async prepare() {
      const previous = (await replicas.list()).find((replica) => replica.sid === sid);
      if (!previous) return;
      resume(previous.figures);
      if (previous.figures.sessions) sessions?.resume(previous.figures.sessions);
      interruptions.resume(previous);
    },
    onChange: interruptions.databaseChanged,
    isAwayAtStart: isDatabaseAway,
    log,
  });

  return {
    ...heartbeat,
    observe,
    watchSessions(state) {
      sessions = createSessionRecorder(state);
    },
    stop() {
      isStopped = true;
      return heartbeat.stop();
    },
  };
}
