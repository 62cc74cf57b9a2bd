import type { Operation } from './history.ts';

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
  /** When the next one was started under its name; `NEVER_MS` when none was. */
  startedAgainAtMs: number;
}

/** The end of what never ended, which JSON can write. */
export const NEVER_MS = Number.MAX_SAFE_INTEGER;

/** Who was away, as far as a request could have noticed it. */
export interface Absences {
  /** Whether the replica, or the database it cannot answer without, was away at some time of the operation. */
  ofReplica(sid: string, operation: Operation): boolean;
  /** Whether every replica was, each at some time of the operation. */
  ofAllReplicas(operation: Operation): boolean;
  ofDatabase(operation: Operation): boolean;
  ofFront(operation: Operation): boolean;
}

/**
 * How long it may take until what is back is known to be: the balancer asks for its peers once a second, and a replica makes its
 * connections to the database anew.
 */
const SETTLE_MS = 1500;
/** Fault and client are timed by one clock, but a busy machine runs neither at once. */
const BEFORE_MS = 250;

/** Tells who was away when, of the replicas that there were. */
export function createAbsences(outages: readonly Outage[], replicaSids: readonly string[]): Absences {
  const byName = Map.groupBy(outages, ({ what, name }) => `${what} ${name}`);

  function wasAway(what: Outage['what'], name: string, { sentAtMs, endedAtMs }: Operation): boolean {
    const ofIt = byName.get(`${what} ${name}`) ?? [];
    return ofIt.some(({ fromMs, untilMs }) => fromMs - BEFORE_MS <= endedAtMs && sentAtMs <= untilMs + SETTLE_MS);
  }

  const ofDatabase = (operation: Operation) => wasAway('database', '', operation);
  const ofReplica = (sid: string, operation: Operation) => wasAway('replica', sid, operation) || ofDatabase(operation);
  return {
    ofReplica,
    ofDatabase,
    ofAllReplicas: (operation) => replicaSids.every((sid) => ofReplica(sid, operation)),
    ofFront: (operation) => wasAway('front', operation.front, operation),
  };
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
