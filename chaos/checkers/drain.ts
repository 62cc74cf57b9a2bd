import type { Checker, Evidence } from '../history.ts';
import { type Absences, createAbsences, type Drain, isOfDrain } from '../outages.ts';
import { seconds } from '../seconds.ts';

/** A request sent this long before the stop has reached the replica, or waits there for the database. */
const REACHED_WITHIN_MS = 250;

/** Examines how replicas stopped, and the requests that they had in flight. */
export const drainCheck: Checker = {
  name: 'drain',
  promise:
    'a replica that is asked to stop answers its requests in flight, answers nothing after its end, and exits cleanly',
  find(evidence) {
    return evidence.drains.flatMap((drain) => {
      const absences = absencesBeside(drain, evidence);
      return [...unfinished(drain, evidence, absences), ...late(drain, evidence), ...disorderly(drain, absences)];
    });
  },
};

/** Returns all outages except the replica's own stop, which is no excuse. */
function absencesBeside(drain: Drain, { outages }: Evidence): Absences {
  return createAbsences(
    outages.filter((outage) => !isOfDrain(outage, drain)),
    [],
  );
}

function unfinished({ sid, askedAtMs, endedAtMs }: Drain, { operations, replicas }: Evidence, absences: Absences) {
  const address = addressOf(sid, replicas);
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
      message: `${sid} had a request when it was asked to stop at ${seconds(askedAtMs)}, and ended at ${seconds(endedAtMs)} without answering it; ${operation.servedBy} did`,
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

/** Without the database a replica cannot finish its visits, and reports that with its exit code. */
function disorderly({ sid, askedAtMs, endedAtMs, exitCode }: Drain, absences: Absences) {
  if (exitCode === 0 || absences.ofReplica(sid, { sentAtMs: askedAtMs, endedAtMs })) return [];
  const how = exitCode === undefined ? 'by a signal' : `with exit code ${exitCode}`;
  const message = `${sid} was asked to stop at ${seconds(askedAtMs)}, and ended ${seconds(endedAtMs - askedAtMs)} later ${how}`;
  return [{ check: 'drain', message, operations: [] }];
}

function addressOf(sid: string, replicas: Evidence['replicas']): string | undefined {
  return replicas.find((replica) => replica.sid === sid)?.address;
}
