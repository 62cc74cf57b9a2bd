import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/**
 * Waits for the message by which a program with an IPC channel says that it listens.
 *
 * @param diedOf resolves with the reason when the program has ended
 * @throws when it ends instead
 */
export async function untilListening(child: ChildProcess, diedOf: Promise<string>): Promise<void> {
  const failed = diedOf.then((reason) => {
    throw new Error(`the program ended before it listened: ${reason}`);
  });
  await Promise.race([once(child, 'message'), failed]);
  failed.catch(() => {});
}
