import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { ListenError } from '../cli/run-main.ts';

/**
 * Checks that a loopback port can be listened on.
 *
 * @throws {ListenError} when it cannot
 */
export async function assertPortFree(port: number, whose: string): Promise<void> {
  const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${code})`;
    throw new ListenError(`port ${port} of 127.0.0.1, ${whose}, ${why}`, { cause: error });
  }
  server.close();
  await once(server, 'close');
}

/** Returns a loopback port that is free now. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
