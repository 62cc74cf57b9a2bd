import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { StoreUnavailableError } from '../../app/lib/store-errors.ts';
import { FORGOTTEN_AFTER_MS, type ReplicaRegistry } from '../../app/replicas/registry.ts';
import { figures, report } from '../../testkit/replicas/reports.ts';
import type { StoreDatabase } from '../../testkit/stores/backend.ts';
import { d1Backend } from '../../testkit/stores/d1.ts';
import { mysqlBackend } from '../../testkit/stores/mysql.ts';
import { sqliteBackend } from '../../testkit/stores/sqlite.ts';

/** Makes a replica's last report older, in the SQL of each database. */
const LONG_AGO: Record<string, string> = {
  'a SQLite file': `seen_at - ${FORGOTTEN_AFTER_MS + 1000}`,
  D1: `seen_at - ${FORGOTTEN_AFTER_MS + 1000}`,
  MySQL: `date_sub(seen_at, interval ${FORGOTTEN_AFTER_MS / 1000 + 1} second)`,
};

describe.each([sqliteBackend, d1Backend, mysqlBackend])("the replicas' table on $name", (backend) => {
  let database: StoreDatabase;

  afterAll(() => backend.close?.());
  let replicas: ReplicaRegistry;

  beforeEach(async (context) => {
    context.skip(!backend.isAvailable, 'there is none here');
    database = await backend.create();
    onTestFinished(database.remove);
    const opened = database.open();
    onTestFinished(opened.store.close);
    replicas = opened.replicas;
  });

  test('is empty until one reports', async () => {
    expect(await replicas.list()).toEqual([]);
  });

  test('returns each report unchanged, ordered by address, with its age', async () => {
    const visit = { number: 7, timeMs: 1_767_323_045_678, affinity: 'moved', requestId: 'é"\\\'`😀' } as const;
    const second = report('10.0.0.6', { state: 'draining', figures: figures({ visits: 3, lastVisits: [visit] }) });
    const first = report('10.0.0.5', { figures: figures({ latencyMs: { p50: 0.125, p95: 2, p99: 1e5 } }) });
    await replicas.report(second);
    await replicas.report(first);
    const list = await replicas.list();
    expect(list.map(({ seenMsAgo: _, ...rest }) => rest)).toEqual([first, second]);
    for (const { seenMsAgo } of list) {
      expect(seenMsAgo).toBeGreaterThanOrEqual(0);
      expect(seenMsAgo).toBeLessThan(FORGOTTEN_AFTER_MS);
    }
  });

  test("replaces a replica's older report with its newer one", async () => {
    await replicas.report(report('10.0.0.5'));
    await replicas.report(report('10.0.0.5', { state: 'stopped', version: '2.0.0', startedAtMs: 1000 }));
    expect(await replicas.list()).toEqual([
      expect.objectContaining({ sid: '10.0.0.5', state: 'stopped', version: '2.0.0', startedAtMs: 1000 }),
    ]);
  });

  test('leaves out and then removes only replicas that have not reported for long', async () => {
    await replicas.report(report('10.0.0.5'));
    await replicas.report(report('10.0.0.6'));
    await database.execute(`update replica set seen_at = ${LONG_AGO[backend.name]} where sid = '10.0.0.5'`);
    expect((await replicas.list()).map(({ sid }) => sid)).toEqual(['10.0.0.6']);
    await replicas.forget();
    await database.execute("update replica set sid = '10.0.0.5'");
    expect((await replicas.list()).map(({ sid }) => sid)).toEqual(['10.0.0.5']);
  });

  test('accepts reports of many replicas at once', async () => {
    const sids = Array.from({ length: 20 }, (_, index) => `10.0.0.${10 + index}`);
    await Promise.all(sids.map((sid) => replicas.report(report(sid))));
    expect((await replicas.list()).map(({ sid }) => sid)).toEqual(sids);
  });

  test.each(['report', 'list', 'forget'] as const)(
    '%s fails with StoreUnavailableError without the table',
    async (call) => {
      await database.execute('drop table replica');
      await expect(replicas[call](report('10.0.0.5'))).rejects.toThrow(StoreUnavailableError);
    },
  );
});
