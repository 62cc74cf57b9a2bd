/** A time in which somebody could not do its part. */
export interface Outage {
  what: 'replica' | 'database' | 'front';
  /** The server id of the replica, or the name of the front; empty for the database. */
  name: string;
  fromMs: number;
  untilMs: number;
}

/** A replica that was asked to stop. */
export interface Drain {
  sid: string;
  askedAtMs: number;
  endedAtMs: number;
  /** Undefined when it has none: a signal ended it. */
  exitCode: number | undefined;
  /** Something before it goes on accepting connections when it has ended, as no machine does. */
  isBehindGate?: boolean;
  /** From when on another process may have its address. */
  startedAgainAtMs: number;
}

/** The end of what never ended, which JSON can write. */
export const NEVER_MS = Number.MAX_SAFE_INTEGER;

/** Notes that replicas are about to start, which may be at the addresses of these that have stopped. */
export function endDrains(drains: readonly Drain[], atMs: number): void {
  for (const drain of drains) drain.startedAgainAtMs = Math.min(drain.startedAgainAtMs, atMs);
}

/** That a replica is asked to stop and that it is away from then on are noted right after one another. */
const NOTED_WITHIN_MS = 5;

/** Whether an outage is this drain's own, and no fault's. */
export function isOfDrain(
  { what, name, fromMs }: Outage,
  { sid, askedAtMs }: Pick<Drain, 'sid' | 'askedAtMs'>,
): boolean {
  return what === 'replica' && name === sid && Math.abs(fromMs - askedAtMs) < NOTED_WITHIN_MS;
}

/** The time of an operation. */
interface TimeSpan {
  sentAtMs: number;
  endedAtMs: number;
}

/** Who was away, as far as a request could have noticed it. */
export interface Absences {
  /** Whether the replica, or the database it cannot answer without, was away at some time of the operation. */
  ofReplica(sid: string, time: TimeSpan): boolean;
  /** The same without the database. */
  ofReplicaAlone(sid: string, time: TimeSpan): boolean;
  /** Whether every replica was, each at some time of the operation. */
  ofAllReplicas(time: TimeSpan): boolean;
  /** Whether a replica that had been there was away at some time of the operation. */
  ofAnyReplica(time: TimeSpan): boolean;
  /** Whether any replica went away while the operation was in flight. */
  beganAtReplica(time: TimeSpan): boolean;
  ofDatabase(time: TimeSpan): boolean;
  ofFront(operation: TimeSpan & { front: string }): boolean;
}

/**
 * Grace period after a recovery: the edge reads its list of peers once a second, and a replica reconnects to the database.
 */
export const SETTLE_MS = 1500;
/** Fault and client are timed by one clock, but a busy machine runs neither at once. */
const BEFORE_MS = 250;

/** Tells who was away when, of the replicas that there were. */
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
      outages.some(({ what, fromMs }) => what === 'replica' && sentAtMs - BEFORE_MS <= fromMs && fromMs <= endedAtMs),
    ofAllReplicas: (time) => replicaSids.every((sid) => ofReplica(sid, time)),
    ofFront: (operation) => wasAway('front', operation.front, operation),
  };
}

function isNoticed({ fromMs, untilMs }: Outage, { sentAtMs, endedAtMs }: TimeSpan): boolean {
  return fromMs - BEFORE_MS <= endedAtMs && sentAtMs <= untilMs + SETTLE_MS;
}

/** Notes who is away, while it happens. */
export interface OutageLog {
  outages: Outage[];
  /** @returns what ends the outage */
  begin(what: Outage['what'], name?: string): () => void;
  /** Somebody who was not there before this moment. */
  arrived(sid: string): void;
}

/** Builds the notes, by the clock of the run. */
export function createOutageLog(nowMs: () => number): OutageLog {
  const outages: Outage[] = [];
  return {
    outages,
    begin(what, name = '') {
      const outage = { what, name, fromMs: nowMs(), untilMs: NEVER_MS };
      outages.push(outage);
      return () => {
        outage.untilMs = nowMs();
      };
    },
    arrived(sid) {
      outages.push({ what: 'replica', name: sid, fromMs: 0, untilMs: nowMs() });
    },
  };
}
