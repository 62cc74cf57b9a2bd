import type { Checker } from '../history.ts';

/** Looks for entries of other clients: each entry begins with the name of the client that made it. */
export const sessionIsolationCheck: Checker = {
  name: 'session-isolation',
  promise: "no client sees another client's changes of a session",
  find({ operations }) {
    return operations.flatMap((operation) => {
      const { client, ledger } = operation;
      if (ledger === undefined) return [];
      const foreign = [ledger.list, ...ledger.latest].find((entry) => !entry.startsWith(`${client}-`));
      if (foreign === undefined) return [];
      const message = `client ${client} was shown ${foreign}`;
      return [{ check: 'session-isolation', message, operations: [operation] }];
    });
  },
};
