import type { Checker, Evidence, Operation, Violation } from '../history.ts';
import { type Absences, createAbsences } from '../outages.ts';
import { isPost } from './kinds.ts';

/** A replica that is killed within this time after its response may lose the log line. */
const LOGGED_WITHIN_MS = 1500;

/** Compares the POSTs that replicas received with the answered ones: no POST may be sent twice. */
export const deliveriesCheck: Checker = {
  name: 'deliveries',
  promise: 'a POST reaches one replica at most, which is the one that answered it',
  find(evidence) {
    const byRequest = Map.groupBy(evidence.deliveries, ({ requestId }) => requestId);
    return [...sentTwice(byRequest, evidence), ...neverReceived(byRequest, evidence)];
  },
};

type Deliveries = Map<string, Evidence['deliveries']>;

function sentTwice(byRequest: Deliveries, { operations }: Evidence): Violation[] {
  return [...byRequest]
    .filter(([, { length }]) => length > 1)
    .map(([requestId, deliveries]) => ({
      check: 'deliveries',
      message: `the POST ${requestId} reached ${deliveries.map(({ by }) => by).join(' and ')}`,
      operations: operations.filter((operation) => operation.requestId === requestId),
    }));
}

function neverReceived(byRequest: Deliveries, { operations, outages, replicas }: Evidence): Violation[] {
  const absences = createAbsences(outages, []);
  const sids = new Map(replicas.map(({ sid, address }) => [address, sid]));
  return operations
    .filter((operation) => isAnsweredPost(operation) && !byRequest.has(`${operation.requestId}`))
    .filter((operation) => !mayBeUnlogged(operation, sids.get(`${operation.servedBy}`), absences))
    .map((operation) => ({
      check: 'deliveries',
      message: `the POST ${operation.requestId} was answered ${operation.status} by ${operation.servedBy}, which did not log it`,
      operations: [operation],
    }));
}

/** Whether a replica answered the POST. The edge's own log is not read. */
function isAnsweredPost(operation: Operation): boolean {
  const { outcome, servedBy, verdict } = operation;
  return isPost(operation) && outcome === 'answered' && servedBy !== undefined && verdict !== 'takeover';
}

function mayBeUnlogged({ sentAtMs, endedAtMs }: Operation, sid: string | undefined, absences: Absences): boolean {
  return sid !== undefined && absences.ofReplicaAlone(sid, { sentAtMs, endedAtMs: endedAtMs + LOGGED_WITHIN_MS });
}
