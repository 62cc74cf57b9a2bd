import type { FaultKind } from '../fault.ts';
import type { Checker, Operation } from '../history.ts';
import { createAbsences, SETTLE_MS } from '../outages.ts';

/**
 * Faults that take the database from all replicas at the same moment, so that another replica cannot do more than the
 * client's own.
 */
const KINDS: readonly FaultKind[] = ['restart-database'];

/** Looks for clients that moved because the database restarted. */
export const mooringsCheck: Checker = {
  name: 'moorings',
  promise: 'a restart of the database moves no client, whatever replicas answer in the meantime',
  find({ operations, outages, faults }) {
    const absences = createAbsences(outages, []);
    const restarts = faults.filter(({ kind }) => KINDS.includes(kind));
    return operations
      .filter(isMoved)
      .filter((operation) => !absences.ofReplicaAlone(operation.cookie as string, operation))
      .flatMap((operation) => {
        const { sentAtMs, endedAtMs, cookie, mooredTo, status } = operation;
        const restart = restarts.find(({ fromMs, untilMs }) => fromMs <= endedAtMs && sentAtMs <= untilMs + SETTLE_MS);
        if (!restart) return [];
        const message = `the client was moored to ${cookie}, and a ${status} during the restart of the database moved it to ${mooredTo}`;
        return [{ check: 'moorings', message, operations: [operation] }];
      });
  },
};

/**
 * Whether the client sent one replica's cookie and received another's. A 502 or 504 of the balancer itself is excluded:
 * it carries the cookie of the replica that was tried last (A7), because no replica could answer.
 */
function isMoved({ outcome, asked, cookie, mooredTo, servedBy }: Operation): boolean {
  if (outcome !== 'answered' || asked === 'release' || servedBy === undefined) return false;
  return cookie !== undefined && Boolean(mooredTo) && mooredTo !== cookie;
}
