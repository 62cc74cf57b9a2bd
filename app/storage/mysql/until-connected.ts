import type { Connection } from 'mysql2/promise';
import { untilAborted } from '../../lib/until-aborted.ts';

/**
 * Waits for a connection until the signal aborts, because on a silent network that could take forever. A connection that is
 * established later is closed.
 */
export async function untilConnected(connecting: Promise<Connection>, signal: AbortSignal): Promise<Connection> {
  const connection = await untilAborted(connecting, signal).catch((error) => {
    connecting.then(
      (late) => late.destroy(),
      () => {},
    );
    throw error;
  });
  // Prevents an uncaught error: the query that fails reports it to its caller.
  connection.on('error', () => {});
  return connection;
}
