import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { serverId } from '../../app/affinity/server-id.ts';
import { startTestEdge } from '../../testkit/fronts/edge.ts';
import { fronts, startFront } from '../../testkit/fronts/fronts.ts';
import { send } from '../../testkit/http/send.ts';
import { hasMysql, type TestDatabase } from '../../testkit/mysql/database.ts';
import { createFaultProxy, type FaultProxy } from '../../testkit/network/fault-proxy.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import { viaPort } from '../../testkit/network/via-port.ts';
import { startOrigin } from '../../testkit/processes/origin.ts';
import { createMigratedDatabase } from '../../testkit/stores/mysql.ts';

/** With this many clients, all are on the same replica by chance only once in a thousand runs. */
const CLIENTS = 12;

/** Creates a client that, like a browser, keeps the last of several cookies with the same name. */
function createClient(url: string) {
  let sid: string | undefined;
  return {
    sid: () => sid,
    async visit(): Promise<number> {
      const { status, setCookies } = await send(url, { headers: sid === undefined ? {} : { Cookie: `srv_id=${sid}` } });
      sid = setCookies.map((cookie) => cookie.match(/^srv_id=([^;]*)/)?.[1]).findLast(Boolean) ?? sid;
      return status;
    },
  };
}

type StartFront = (peers: string[], databaseUrl: string) => Promise<string>;

const startsFront = fronts.map((kind): [string, StartFront] => [
  kind,
  async (peers) => {
    const { url, close } = await startFront(kind, { peers });
    onTestFinished(close);
    return url;
  },
]);
if (fronts.includes('worker')) {
  const start: StartFront = async (origins, databaseUrl) => (await startTestEdge({ origins, databaseUrl })).url;
  startsFront.push(['worker with takeover', start]);
}

describe.skipIf(!hasMysql).each(startsFront)('an outage of the database for all replicas, at %s', (_kind, start) => {
  let database: TestDatabase;
  let gate: FaultProxy;
  let gatedUrl: string;

  beforeEach(async () => {
    database = await createMigratedDatabase();
    onTestFinished(database.drop);
    gate = await createFaultProxy(Number(new URL(database.url).port));
    onTestFinished(() => gate.shut());
    gatedUrl = viaPort(database.url, gate.port);
  });

  async function startReplica(env: Record<string, string> = {}, flags?: string[]): Promise<string> {
    const origin = await startOrigin({ DATABASE_URL: gatedUrl, LOG_LEVEL: 'error', ...env }, flags);
    onTestFinished(origin.stop);
    return origin.url;
  }

  test('A14: moves no client', { timeout: 60_000 }, async () => {
    const replicas = await Promise.all([startReplica(), startReplica(), startReplica()]);
    const peers = replicas.map((replica) => `${replica} max_fails=0`);
    const url = await start(peers, gatedUrl);
    const clients = Array.from({ length: CLIENTS }, () => createClient(url));
    const visits = () => Promise.all(clients.map((client) => client.visit()));
    const sids = () => clients.map((client) => client.sid());

    expect(new Set(await visits())).toEqual(new Set([200]));
    const before = sids();
    expect(new Set(before)).toEqual(new Set(replicas.map((replica) => serverId(new URL(replica).host))));

    await gate.shut();
    const seen = await visits();
    expect([new Set(seen), sids()]).toEqual([new Set([503]), before]);
    await gate.open();
    // The replicas reconnect to the database at different times.
    await expect.poll(async () => new Set(await visits()), { timeout: 30_000 }).toEqual(new Set([200]));
    expect(sids()).toEqual(before);
  });

  test('A14: moves no client to a replica that starts meanwhile and is the first to reach it again', async () => {
    const ownGate = await createFaultProxy(Number(new URL(database.url).port));
    onTestFinished(() => ownGate.shut());
    const port = await freePortRange(1);
    const late = `http://127.0.0.1:${port}`;
    const replica = await startReplica();
    const url = await start([`${replica} max_fails=0`, `${late} max_fails=0`], gatedUrl);
    const client = createClient(url);
    expect(await client.visit()).toBe(200);
    const sid = client.sid();
    expect(sid).toBe(serverId(new URL(replica).host));

    await gate.shut();
    // Like a server that is restarting: the first report of the replica waits for it, and succeeds.
    ownGate.stall();
    await startReplica({ PORT: `${port}`, DATABASE_URL: viaPort(database.url, ownGate.port) }, []);
    ownGate.resume();
    await expect.poll(() => client.visit(), { timeout: 30_000 }).toBe(200);
    expect(client.sid()).toBe(sid);
  });
});
