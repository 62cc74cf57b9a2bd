import { RECOVERY_MS } from '../../app/replicas/heartbeat.ts';
import type { Checker, Evidence, Operation } from '../history.ts';
import { type Absences, createAbsences } from '../outages.ts';

/** Compares the replica that answered with the one in the client's cookie. */
export const stickinessCheck: Checker = {
  name: 'stickiness',
  promise:
    "a client's own replica answers it unless that replica was down, and the client is moored to the replica that answered",
  find({ operations, outages, replicas }: Evidence) {
    const sids = new Map(replicas.map(({ sid, address }) => [address, sid]));
    const absences = createAbsences(outages, [...sids.values()]);
    return operations.flatMap((operation) => {
      const message = whatIsWrong(operation, sids, absences);
      return message === undefined ? [] : [{ check: 'stickiness', message, operations: [operation] }];
    });
  },
};

function whatIsWrong(operation: Operation, sids: Map<string, string>, absences: Absences): string | undefined {
  const { outcome, status, asked, cookie, servedBy, mooredTo, verdict } = operation;
  if (outcome !== 'answered' || status !== 200) return undefined;
  if (verdict === 'takeover') {
    return absences.ofAllReplicas(operation) ? undefined : 'the edge answered itself although a replica was available';
  }
  const sid = sids.get(`${servedBy}`);
  if (sid === undefined) return `${servedBy} answered, which is not a replica`;
  // `POST /let-go`: the replica deletes the cookie that the balancer set.
  const named = asked === 'release' ? '' : sid;
  if (mooredTo !== named && !keepsCookie(operation, sid, absences))
    return `${sid} answered, and the cookie names ${mooredTo || 'no replica'}`;
  const right = cookie === undefined ? 'new' : cookie === sid ? 'hit' : 'moved';
  if (verdict !== right) return `the verdict is ${verdict} instead of ${right}`;
  const mayMove = absences.ofReplica(`${cookie}`, operation) || absences.ofPeers(operation);
  if (right === 'moved' && !mayMove) {
    return `the client was moored to ${cookie}, which was available, and ${sid} answered`;
  }
  return undefined;
}

/**
 * Clause A14: a replica whose database was down shortly before lets a client keep its cookie. While networks of machines lose each
 * other, it may be the only one that does not reach the database.
 */
function keepsCookie(operation: Operation, sid: string, absences: Absences): boolean {
  const { cookie, mooredTo, front, sentAtMs, endedAtMs } = operation;
  const time = { front, sentAtMs: sentAtMs - RECOVERY_MS, endedAtMs };
  return cookie !== undefined && mooredTo === cookie && (absences.ofReplica(sid, time) || absences.ofPeers(time));
}
