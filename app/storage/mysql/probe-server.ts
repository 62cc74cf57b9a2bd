import type { Connection } from 'mysql2/promise';
import { untilAborted } from '../../lib/until-aborted.ts';
import { readServerState, type ServerState } from './server-state.ts';
import { untilConnected } from './until-connected.ts';

/** Asks a server for its state on a connection of its own. Gives up when the signal aborts. */
export async function probeServer(connecting: Promise<Connection>, signal: AbortSignal): Promise<ServerState> {
  const connection = await untilConnected(connecting, signal);
  try {
    return await untilAborted(readServerState(connection), signal);
  } finally {
    connection.destroy();
  }
}
