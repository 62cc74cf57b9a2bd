import { serverId } from '../../app/affinity/server-id.ts';
import { withConnection } from '../../testkit/mysql/start.ts';
import type { Suite } from './suite.ts';
import { compareVariants } from './variants.ts';

const BATCH = 500_000;
/** Density of the visits in the log. */
const PER_SECOND = 5000;

/** Measures visits on a log that already has many rows. */
export const rows: Suite = {
  name: 'rows',
  title: 'From an empty log to a full one',
  about:
    'Mooring behind Nginx, three replicas, 64 connections in a closed loop, with this number of visits in `access_log` at the start.',
  measure: (stage) =>
    compareVariants(
      {
        'an empty log': { replicas: 3 },
        '10⁵ visits': { replicas: 3, prepareDatabase: (url) => fillLog(url, 100_000, stage.signal) },
        '10⁷ visits': { replicas: 3, prepareDatabase: (url) => fillLog(url, 10_000_000, stage.signal) },
      },
      stage,
    ),
};

/** Fills the log with visits up to an hour ago. Their request ids look like Nginx's. */
export async function fillLog(databaseUrl: string, count: number, signal: AbortSignal): Promise<void> {
  await withConnection(databaseUrl, async (admin) => {
    // Creating the index afterwards is minutes faster than inserting random ids into it.
    await admin.query('alter table access_log drop index access_log_request_id');
    const digits = Array.from({ length: 10 }, (_, digit) => `select ${digit} as d`).join(' union all ');
    await admin.query(`create table digits as ${digits}`);
    for (let first = 1; first <= count; first += BATCH) {
      signal.throwIfAborted();
      const size = Math.min(BATCH, count - first + 1);
      await admin.query(
        `insert into access_log (number, request_id, time, client_ip, server_ip, sid)
        select number, concat(round(unix_timestamp() - ago, 3), '-', left(sha2(number, 256), 16)),
          utc_timestamp(3) - interval ago second, '203.0.113.7', '127.0.0.1', '${serverId('127.0.0.1:5001')}'
        from (select ${first} + n as number, 3600 + (${count} - ${first} - n) / ${PER_SECOND} as ago
          from (select a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d + 100000 * f.d as n
            from digits a, digits b, digits c, digits d, digits e, digits f) as ns
          where n < ${size}) as visits`,
      );
    }
    await admin.query('drop table digits');
    await admin.query('alter table access_log add constraint access_log_request_id unique (request_id)');
    await admin.query('update global_counter set value = ?', [count]);
  });
}
