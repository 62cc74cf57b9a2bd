import { once } from 'node:events';
import type { Server } from 'node:http';
import { ListenError } from '../cli/run-main.ts';

/**
 * Listens, and resolves when the server accepts connections.
 *
 * @throws {ListenError} when the port is taken or the address is not one of this machine's
 */
export async function listen(server: Server, port: number, host: string): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw new ListenError((error as Error).message, { cause: error });
  }
}
