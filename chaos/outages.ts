/** A period in which a part of the stack was unavailable. */
export interface Outage {
  /** `peers`: a front that clients reach knows only some of the replicas, or reaches only some of them. */
  what: 'replica' | 'database' | 'front' | 'peers';
  /** The replica's server id or the front's name; empty for the database. */
  name: string;
  fromMs: number;
  untilMs: number;
}

/** A replica that was asked to stop. */
export interface Drain {
  sid: string;
  askedAtMs: number;
  endedAtMs: number;
  /** Undefined when a signal ended the process. */
  exitCode: number | undefined;
  /**
   * Set when a proxy in front of the replica still accepts connections after its end, which a real machine would not
   * do.
   */
  isBehindGate?: boolean;
  /** From this time on another process may have its address. */
  startedAgainAtMs: number;
}

/** End of an outage that never ended. JSON cannot represent Infinity. */
export const NEVER_MS = Number.MAX_SAFE_INTEGER;

/** Ends drains: replicas are about to start, possibly at the addresses of these stopped ones. */
export function endDrains(drains: readonly Drain[], atMs: number): void {
  for (const drain of drains) drain.startedAgainAtMs = Math.min(drain.startedAgainAtMs, atMs);
}

/** Most time between the record of a stop request and the record of the outage that it causes. */
const NOTED_WITHIN_MS = 5;

/** Whether this drain has caused the outage, and not a fault. */
export function isOfDrain(
  { what, name, fromMs }: Outage,
  { sid, askedAtMs }: Pick<Drain, 'sid' | 'askedAtMs'>,
): boolean {
  return what === 'replica' && name === sid && Math.abs(fromMs - askedAtMs) < NOTED_WITHIN_MS;
}

interface TimeSpan {
  sentAtMs: number;
  endedAtMs: number;
}

/** Which parts of the stack were unavailable when a request could have noticed it. */
export interface Absences {
  /** Whether the replica, or the database that it needs, was unavailable during the operation. */
  ofReplica(sid: string, time: TimeSpan): boolean;
  /** Whether the replica itself was unavailable during the operation. */
  ofReplicaAlone(sid: string, time: TimeSpan): boolean;
  /** Whether each replica was unavailable at some time of the operation. */
  ofAllReplicas(time: TimeSpan): boolean;
  /** Whether any replica that had existed before was unavailable during the operation. */
  ofAnyReplica(time: TimeSpan): boolean;
  /** Whether any replica became unavailable during the operation. */
  beganAtReplica(time: TimeSpan): boolean;
  ofDatabase(time: TimeSpan): boolean;
  ofFront(operation: TimeSpan & { front: string }): boolean;
  /** Whether the front lacked some of the replicas during the operation. */
  ofPeers(operation: TimeSpan & { front: string }): boolean;
}

/**
 * Grace period after a recovery: the edge reads its list of peers once a second, and a replica reconnects to the database.
 */
export const SETTLE_MS = 1500;
/** Faults and requests are timed by one clock, but a busy machine may run both with a delay. */
const BEFORE_MS = 250;
/** An outage is recorded before it is caused. A busy Docker engine takes this long to kill a stack's replicas. */
const CAUSED_WITHIN_MS = 2000;

/**
 * Answers which parts were unavailable at which time.
 *
 * @param replicaSids the replicas of the run
 */
export function createAbsences(outages: readonly Outage[], replicaSids: readonly string[]): Absences {
  const byName = Map.groupBy(outages, ({ what, name }) => `${what} ${name}`);

  function wasAway(what: Outage['what'], name: string, time: TimeSpan): boolean {
    return (byName.get(`${what} ${name}`) ?? []).some((outage) => isNoticed(outage, time));
  }

  const ofDatabase = (time: TimeSpan) => wasAway('database', '', time);
  const ofReplicaAlone = (sid: string, time: TimeSpan) => wasAway('replica', sid, time);
  const ofReplica = (sid: string, time: TimeSpan) => ofReplicaAlone(sid, time) || ofDatabase(time);
  return {
    ofReplica,
    ofReplicaAlone,
    ofDatabase,
    ofAnyReplica: (time) =>
      outages.some((outage) => outage.what === 'replica' && outage.fromMs > 0 && isNoticed(outage, time)),
    beganAtReplica: ({ sentAtMs, endedAtMs }) =>
      outages.some(
        ({ what, fromMs }) => what === 'replica' && sentAtMs - CAUSED_WITHIN_MS <= fromMs && fromMs <= endedAtMs,
      ),
    ofAllReplicas: (time) => replicaSids.every((sid) => ofReplica(sid, time)),
    ofFront: (operation) => wasAway('front', operation.front, operation),
    ofPeers: (operation) => wasAway('peers', operation.front, operation),
  };
}

function isNoticed({ fromMs, untilMs }: Outage, { sentAtMs, endedAtMs }: TimeSpan): boolean {
  return fromMs - BEFORE_MS <= endedAtMs && sentAtMs <= untilMs + SETTLE_MS;
}

export type EndOutage = (afterMs?: number) => void;

/** Records outages while they happen. */
export interface OutageLog {
  outages: Outage[];
  /** @returns a function that ends the outage, at once or after the given time */
  begin(what: Outage['what'], name?: string): EndOutage;
  /** Records a replica that did not exist before this moment. */
  arrived(sid: string): void;
}

/** Times are by the run's clock. */
export function createOutageLog(nowMs: () => number): OutageLog {
  const outages: Outage[] = [];
  return {
    outages,
    begin(what, name = '') {
      const outage = { what, name, fromMs: nowMs(), untilMs: NEVER_MS };
      outages.push(outage);
      return (afterMs = 0) => {
        outage.untilMs = nowMs() + afterMs;
      };
    },
    arrived(sid) {
      outages.push({ what: 'replica', name: sid, fromMs: 0, untilMs: nowMs() });
    },
  };
}
