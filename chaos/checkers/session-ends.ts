import type { Checker, Operation } from '../history.ts';
import { type Absences, createAbsences } from '../outages.ts';
import { isEnd } from './kinds.ts';

/** When other replicas know of an end: they ask once a second (S8), and a busy machine may delay that. */
const KNOWN_WITHIN_MS = 2000;
/** A replica that is cut off from the database stops using its copies after this time (S8). */
const KNOWN_WITHIN_IF_AWAY_MS = 6000;

/** Looks for sessions that answer to their old cookie after their end. */
export const sessionEndsCheck: Checker = {
  name: 'session-ends',
  promise:
    'a session that was destroyed or has a new id is dead: at once where it ended, and within a second elsewhere',
  find({ operations, outages, replicas }) {
    const absences = createAbsences(outages, []);
    const sids = new Map(replicas.map(({ sid, address }) => [address, sid]));
    const ends = new Map<string, Operation>();
    for (const operation of operations) {
      const { session, status } = operation;
      if (isEnd(operation) && session !== undefined && status === 200 && !ends.has(session))
        ends.set(session, operation);
    }
    return operations.flatMap((probe) => {
      const end = ends.get(`${probe.session}`);
      if (probe.asked !== 'probe' || !end || probe.ledger === undefined) return [];
      const afterMs = probe.sentAtMs - end.endedAtMs;
      const sid = sids.get(`${probe.servedBy}`);
      if (afterMs <= graceMs(end, probe, sid, absences)) return [];
      const message = `the session ${probe.session} answered ${Math.round(afterMs)} ms after its end`;
      return [{ check: 'session-ends', message, operations: [end, probe] }];
    });
  },
};

/** @param sid of the replica that answered the probe */
function graceMs(end: Operation, probe: Operation, sid: string | undefined, absences: Absences): number {
  if (probe.servedBy === end.servedBy) return 0;
  const time = { sentAtMs: end.sentAtMs, endedAtMs: probe.endedAtMs };
  const wasAway = sid !== undefined && absences.ofReplica(sid, time);
  return wasAway ? KNOWN_WITHIN_IF_AWAY_MS : KNOWN_WITHIN_MS;
}
