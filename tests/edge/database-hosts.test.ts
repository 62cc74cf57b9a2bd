import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { jsonOf, startTestEdge } from '../../testkit/fronts/edge.ts';
import {
  execute,
  hasReplicatedPair,
  type ReplicatedPair,
  startReplicatedPair,
} from '../../testkit/mysql/replicated.ts';
import { hasTlsServer, startTlsServer, type TlsServer } from '../../testkit/mysql/with-tls.ts';
import { openMysql } from '../../testkit/stores/mysql.ts';

/** Starting and stopping servers takes its time on a busy machine. */
const SLOW = { timeout: 120_000 };

async function migrate(url: string): Promise<void> {
  const { store, migrate: run } = openMysql(url);
  await run();
  await store.close();
}

describe.skipIf(!hasReplicatedPair)('an edge without replicas, on two database servers', () => {
  let pair: ReplicatedPair;
  let databaseUrl: string;

  beforeEach(async () => {
    pair = await startReplicatedPair();
    onTestFinished(pair.stop);
    await execute(pair.source, 'create database mooring', "create user app@'%' identified by 'pw'");
    await execute(pair.source, "grant all on mooring.* to app@'%'");
    const [replica, source] = [pair.replica, pair.source].map(({ url }) => new URL(url).host);
    databaseUrl = `mysql://app:pw@${replica},${source}/mooring`;
    await migrate(databaseUrl);
  });

  test('V1 V2: counts on the one that accepts writes, and on the other one when it moves or dies', SLOW, async () => {
    const { ask } = await startTestEdge({ databaseUrl });
    expect(jsonOf(await ask()).visit).toBe(1);
    await execute(pair.source, 'set global read_only = on');
    await pair.promote();
    expect(jsonOf(await ask()).visit).toBe(2);
    await pair.source.power?.cut();
    expect(jsonOf(await ask()).visit).toBe(3);
    await pair.replica.power?.cut();
    expect((await ask()).status).toBe(503);
    await pair.replica.power?.restore();
    await execute(pair.replica, 'set global read_only = off');
    await expect.poll(async () => (await ask()).status).toBe(200);
  });
});

describe.skipIf(!hasTlsServer)(
  'an edge without replicas, on a database that accepts encrypted connections only',
  () => {
    let server: TlsServer;
    const urlOf = (parameters: string) => `mysql://app:pw@localhost:${server.port}/mooring?${parameters}`;

    beforeAll(async () => {
      server = await startTlsServer();
      await server.execute('create database mooring', "create user app@'%' identified by 'pw'");
      await server.execute("grant all on mooring.* to app@'%'");
      await migrate(urlOf('ssl-mode=REQUIRED'));
    });
    afterAll(() => server?.stop());

    test('counts with a certificate of a CA of its own', async () => {
      const { ask } = await startTestEdge({ databaseUrl: urlOf(`ssl-ca=${server.authority.caFile}`) });
      expect(jsonOf(await ask()).visit).toEqual(expect.any(Number));
      expect((await ask()).status).toBe(200);
    });

    test.each([
      ['a certificate of another CA', () => urlOf(`ssl-ca=${server.other.caFile}`), async () => {}, /UnknownIssuer/i],
      [
        'a certificate for another host name',
        () => urlOf(`ssl-ca=${server.authority.caFile}`),
        () => server.rename('db.example'),
        /not valid for name/i,
      ],
    ])('with %s it answers 503, and logs why', async (_what, url, prepare, reason) => {
      await prepare();
      const { ask, logs } = await startTestEdge({ databaseUrl: url() });
      expect((await ask()).status).toBe(503);
      expect(logs.join('\n')).toMatch(/the TLS handshake failed, the runtime has logged why/);
      expect(logs.join('\n')).toMatch(reason);
    });
  },
);
