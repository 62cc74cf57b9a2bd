import { spawn } from 'node:child_process';

/** Waits for a line. If the pipe ends without one, the process at its other end was killed. */
const GUARD = 'read -r _ || kill -s KILL -- "-$1"';

/**
 * Kills the process group of this process when this process ends without calling the returned function, also after `kill -9`.
 * Otherwise the processes that it started, such as the edge's runtime, would outlive it and keep the port. The guard is a
 * shell in its own process group, which that `kill` does not reach.
 *
 * @returns tells the guard that nothing is left to kill
 */
export function guardOrphans(): () => void {
  const guard = spawn('sh', ['-c', GUARD, 'mooring-orphan-guard', `${process.pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Without a shell there is no guard, and everything else works.
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref();
  return () => guard.stdin.end('\n');
}
