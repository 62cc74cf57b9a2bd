import type { BackgroundLoop } from '../lib/background-loop.ts';
import type { Log } from '../lib/log.ts';
import { createPurgeRounds, type PurgeRoundsOptions } from '../lib/purge-rounds.ts';
import type { VisitStore } from './visit.ts';

export interface RetentionOptions extends Pick<PurgeRoundsOptions, 'monotonicMs' | 'random' | 'pause'> {
  purge: VisitStore['purge'];
  count: VisitStore['count'];
  /** How long a row is kept, in milliseconds. */
  retentionMs: number;
  log: Log;
}

/**
 * Rows are kept for at least this long, whatever any clock says, because a retry of the visit may still come: it is longer
 * than balancers retry a request. It is measured by a clock that cannot be set, so a replica removes nothing within this time
 * after its start.
 */
const RETRY_WINDOW_MS = 600_000;

/**
 * Creates the removal of old rows from the access log. The database's clock, which also dates the rows, decides what is old.
 *
 * @example
 * const retention = createRetention({ purge: store.purge, count: store.count, retentionMs: 86_400_000, log });
 * retention.start();
 * await retention.stop();
 */
export function createRetention(options: RetentionOptions): BackgroundLoop {
  const { purge, count, retentionMs, log, monotonicMs = () => performance.now(), ...effects } = options;
  /** The counter's value at recent rounds, the oldest first. */
  const counts: { value: number; atMs: number }[] = [];

  /** Returns the highest number counted before the retry window; undefined while that is not known. */
  async function newestRemovable(): Promise<number | undefined> {
    const value = await count().catch(() => undefined);
    const nowMs = monotonicMs();
    if (value !== undefined) counts.push({ value, atMs: nowMs });
    const settled = counts.findLastIndex(({ atMs }) => atMs <= nowMs - RETRY_WINDOW_MS);
    if (settled > 0) counts.splice(0, settled);
    return settled < 0 ? undefined : counts[0]?.value;
  }

  return createPurgeRounds({
    ...effects,
    monotonicMs,
    async beginRound() {
      const upTo = await newestRemovable();
      return upTo === undefined ? undefined : (limit) => purge({ ageMs: retentionMs, upTo, limit });
    },
    onRemoved: (rows) => log.info({ rows, retentionMs }, 'old visits removed'),
  });
}
