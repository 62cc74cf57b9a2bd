import type { Checker, Operation, Violation } from '../history.ts';
import { isEnd } from './kinds.ts';

/** Looks for sessions that are gone although their client has not ended them. */
export const sessionSurvivalCheck: Checker = {
  name: 'session-survival',
  promise: 'a session that its client has not ended is there, with the same list, also under a new id',
  find({ operations }) {
    const ends = Map.groupBy(operations.filter(isEnd), ({ session }) => session);
    const lists = listsOfSessions(operations);
    return operations.flatMap((operation): Violation[] => {
      const { session, asked, status, sentAtMs, ledger } = operation;
      const list = lists.get(`${session}`);
      if (list === undefined || asked === 'probe' || asked === 'destroy') return [];
      const mayHaveEnded = (ends.get(session) ?? []).some(
        (end) => end !== operation && end.sentAtMs < operation.endedAtMs,
      );
      if (mayHaveEnded || sentAtMs < list.knownSinceMs) return [];
      const isGone = status === 409 || (isLedgerShown(operation) && ledger?.list !== list.name);
      if (!isGone) return [];
      const message = `the session ${session} had the list ${list.name}, and then ${ledger?.list ?? 'none'}`;
      return [{ check: 'session-survival', message, operations: [operation] }];
    });
  },
};

function isLedgerShown({ asked, status }: Operation): boolean {
  return status === 200 && (asked === 'read' || asked === 'append' || asked === 'put' || asked === 'regenerate');
}

/** Returns the list of each session, as the response that set the session's cookie showed it. */
function listsOfSessions(operations: readonly Operation[]): Map<string, { name: string; knownSinceMs: number }> {
  const lists = new Map<string, { name: string; knownSinceMs: number }>();
  for (const { newSession, ledger, endedAtMs } of operations) {
    if (!newSession || !ledger || lists.has(newSession)) continue;
    lists.set(newSession, { name: ledger.list, knownSinceMs: endedAtMs });
  }
  return lists;
}
