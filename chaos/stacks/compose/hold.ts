import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { MYSQL_AS_ROOT } from '../../../testkit/docker/stack.ts';
import type { HoldCounter } from '../stop-under-load.ts';

/** Creates a function that holds the counter's lock with a client in the database's container. */
export function createComposeHold(containerOfDatabase: () => Promise<string>): HoldCounter {
  return async function holdCounter(heldMs) {
    const statements = [
      'start transaction',
      'select value from global_counter for update',
      `do sleep(${heldMs / 1000})`,
      'commit',
    ];
    // Unbuffered: the client prints the value as soon as it has the lock.
    const script = `${MYSQL_AS_ROOT} --unbuffered --execute '${statements.join('; ')}'`;
    const client = spawn('docker', ['exec', await containerOfDatabase(), 'sh', '-c', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const letGo = once(client, 'close').then(() => {});
    await Promise.race([once(client.stdout, 'data'), letGo]);
    return { letGo };
  };
}
