import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { delay } from '../../app/lib/delay.ts';
import { StoreUnavailableError } from '../../app/lib/store-errors.ts';
import { createGroupCommit } from '../../app/visits/group-commit.ts';
import type { Database } from '../../origin/database/database.ts';
import { visit } from '../http/visits.ts';

/** Visits that are recorded one after another in several loops. */
export interface VisitLoops {
  /** The number of each visit that was counted, by its request id. */
  counted: ReadonlyMap<string, number>;
  /** Returns how many tries were refused because the database was not available. */
  refusals(): number;
  /** Waits until this many more visits are counted. */
  more(count: number, timeoutMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** Records visits until it is stopped, each until it is counted. */
export function visitInLoops({ store }: Pick<Database, 'store'>): VisitLoops {
  const { record } = createGroupCommit({ commit: store.commit, queueLimit: 100 });
  const counted = new Map<string, number>();
  let refusals = 0;
  let isStopped = false;

  async function loop(): Promise<void> {
    while (!isStopped) {
      const requestId = randomBytes(8).toString('hex');
      while (!counted.has(requestId)) {
        try {
          counted.set(requestId, await record(visit(requestId)));
        } catch (error) {
          if (!(error instanceof StoreUnavailableError)) throw error;
          refusals++;
          await delay(50);
        }
      }
      await delay(2);
    }
  }

  const loops = Array.from({ length: 4 }, loop);
  return {
    counted,
    refusals: () => refusals,
    async more(count, timeoutMs = 30_000) {
      const until = counted.size + count;
      await expect.poll(() => counted.size, { timeout: timeoutMs }).toBeGreaterThanOrEqual(until);
    },
    async stop() {
      isStopped = true;
      await Promise.all(loops);
    },
  };
}
