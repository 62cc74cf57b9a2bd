import { expect, vi } from 'vitest';
import type { TestDatabase } from './database.ts';

/** The counter's lock, held by the test: no visit is committed until `letGo`. */
export interface HeldCounter {
  /** Waits until a visit in the database waits for the lock. */
  visitWaits(): Promise<void>;
  letGo(): Promise<void>;
}

export async function holdCounter({ admin }: TestDatabase): Promise<HeldCounter> {
  await admin.query('start transaction');
  await admin.query('select value from global_counter for update');
  const waitingVisits = `select id from information_schema.processlist
    where db = database() and (info like '%global_counter% for update%' or info like 'update%global_counter%') and id <> connection_id()`;
  return {
    async visitWaits() {
      const expectOne = async () => expect((await admin.query(waitingVisits))[0]).toHaveLength(1);
      await vi.waitFor(expectOne, { timeout: 10_000, interval: 20 });
    },
    async letGo() {
      await admin.query('commit');
    },
  };
}
