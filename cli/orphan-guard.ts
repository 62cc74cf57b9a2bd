import { spawn } from 'node:child_process';

/** Waits for a line; when the pipe ends without one, the process that held its other end was killed. */
const GUARD = 'read -r _ || kill -s KILL -- "-$1"';

/**
 * Ends the process group of this process when this process ends without having called what is returned, also by `kill -9`: what
 * it has started would outlive it, as the edge's runtime does, and keep the port. The guard is a shell in a process group of its
 * own, which the same `kill` does not reach.
 *
 * @returns tells the guard that nothing is left to end
 */
export function guardOrphans(): () => void {
  const guard = spawn('sh', ['-c', GUARD, 'mooring-orphan-guard', `${process.pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Where there is no shell there is no guard, and all else works.
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref();
  return () => guard.stdin.end('\n');
}
