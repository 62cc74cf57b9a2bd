import type { Checker } from '../history.ts';

/** Examines each client's last response, which it got after all faults were over. */
export const recoveryCheck: Checker = {
  name: 'recovery',
  promise: 'after all faults every client is served',
  find({ operations }) {
    const last = new Map(
      operations.filter(({ outcome }) => outcome !== 'aborted').map((operation) => [operation.client, operation]),
    );
    return [...last.values()]
      .filter(({ status }) => status !== 200)
      .map((operation) => ({
        check: 'recovery',
        message: `client ${operation.client} was not served after all faults`,
        operations: [operation],
      }));
  },
};
