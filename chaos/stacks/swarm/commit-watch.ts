import { createBackgroundLoop } from '../../../app/lib/background-loop.ts';
import { delay } from '../../../app/lib/delay.ts';
import type { RunContext } from '../stack.ts';
import type { CommitSession } from './commit-session.ts';

export interface CommitWatchOptions {
  notes: Pick<RunContext, 'log' | 'nowMs'>;
  /** Opens a session at the primary. Undefined when there is none. */
  open: () => Promise<CommitSession | undefined>;
  /** A commit that takes this long is an outage of the database. */
  stallMs?: number;
  intervalMs?: number;
}

/** Shorter than replicas wait for the counter's lock (`innodb_lock_wait_timeout`), which a commit holds that stalls. */
const STALL_MS = 1000;
const INTERVAL_MS = 300;

/**
 * Commits again and again, and records each commit that stalls as an outage of the database: while a machine is off, the members
 * of a group wait now and then for a connection to the one that is gone, and commit nothing meanwhile.
 *
 * @returns what stops it
 */
export function watchCommits({ notes, open, stallMs = STALL_MS, intervalMs = INTERVAL_MS }: CommitWatchOptions) {
  let session: CommitSession | undefined;

  async function look(): Promise<void> {
    session ??= await open().catch(() => undefined);
    if (!session) return;
    const fromMs = notes.nowMs();
    const isDone = await session.commit().catch(() => false);
    const untilMs = notes.nowMs();
    if (untilMs - fromMs >= stallMs) notes.log.outages.push({ what: 'database', name: '', fromMs, untilMs });
    if (isDone) return;
    session.close();
    session = undefined;
  }

  const loop = createBackgroundLoop(async (signal) => {
    await look();
    await delay(intervalMs, signal);
  });
  loop.start();
  return {
    async stop(): Promise<void> {
      await loop.stop();
      session?.close();
    },
  };
}
