import type { Check, Evidence } from '../history.ts';
import { createAbsences, type Drain, type Outage } from '../outages.ts';

/** A request that was sent so long before has reached the replica, or waits there for the database. */
const REACHED_WITHIN_MS = 250;

/** Looks at requests around the stop of the replica they went to. */
export const drainCheck: Check = {
  name: 'drain',
  promise: 'a replica that is asked to stop answers what it had begun, and nothing after its end',
  find(evidence) {
    return evidence.drains.flatMap((drain) => [...unfinished(drain, evidence), ...late(drain, evidence)]);
  },
};

function unfinished({ sid, askedAtMs, endedAtMs }: Drain, { operations, outages, replicas }: Evidence) {
  const address = addressOf(sid, replicas);
  // Its own stop does not excuse it.
  const isOwn = ({ name, fromMs }: Outage) => name === sid && Math.abs(fromMs - askedAtMs) < REACHED_WITHIN_MS;
  const absences = createAbsences(
    outages.filter((outage) => !isOwn(outage)),
    [],
  );
  return operations
    .filter(
      (operation) =>
        operation.cookie === sid &&
        operation.outcome === 'answered' &&
        operation.sentAtMs < askedAtMs - REACHED_WITHIN_MS &&
        operation.endedAtMs > askedAtMs &&
        operation.servedBy !== address &&
        !absences.ofReplica(sid, operation) &&
        !absences.ofFront(operation),
    )
    .map((operation) => ({
      check: 'drain',
      message: `${sid} had a request when it was asked to stop at ${seconds(askedAtMs)}, ended at ${seconds(endedAtMs)} without having answered it, and ${operation.servedBy} did`,
      operations: [operation],
    }));
}

function late({ sid, endedAtMs, startedAgainAtMs }: Drain, { operations, replicas }: Evidence) {
  const address = addressOf(sid, replicas);
  return operations
    .filter(
      (operation) =>
        operation.servedBy === address && operation.sentAtMs > endedAtMs && operation.endedAtMs < startedAgainAtMs,
    )
    .map((operation) => ({
      check: 'drain',
      message: `${sid} ended at ${seconds(endedAtMs)}, and answered after that`,
      operations: [operation],
    }));
}

function addressOf(sid: string, replicas: Evidence['replicas']): string | undefined {
  return replicas.find((replica) => replica.sid === sid)?.address;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}
