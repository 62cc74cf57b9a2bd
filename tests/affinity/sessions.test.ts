import { describe, expect, onTestFinished, test } from 'vitest';
import { serverId } from '../../app/affinity/server-id.ts';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { createHttpClient } from '../../testkit/http/http-client.ts';
import type { OriginProcess } from '../../testkit/processes/origin.ts';
import { startReplicasBehind } from './replicas-behind.ts';

interface VisitAnswer {
  visit: number;
  affinity: string;
  server: { address: string };
  session: { readFrom: string; list: { number: number }[] };
}

describe.each(fronts)('sessions behind %s', (kind) => {
  /** Starts two replicas with one database, and a client that has a session on one of them. */
  async function setUp() {
    const { front, replicas } = await startReplicasBehind(kind, { readTimeoutMs: 2000 });
    const client = createHttpClient(front.url);
    onTestFinished(client.close);
    await client.send({ headers: { Accept: 'text/html' } });
    const visit = async () => JSON.parse(`${(await client.send()).body}`) as VisitAnswer;
    const { server } = await visit();
    const home = replicas.find(({ address }) => address === server.address) as OriginProcess;
    const other = replicas.find((replica) => replica !== home) as OriginProcess;
    return { client, visit, home, other };
  }

  const numbers = ({ session }: VisitAnswer) => session.list.map(({ number }) => number);

  test('S3: the client is on its own replica, which reads the session from memory', async () => {
    const { visit } = await setUp();
    expect(await visit()).toMatchObject({ visit: 3, affinity: 'hit', session: { readFrom: 'memory' } });
  });

  test('S2 S4: when its replica is killed, another one has the session', async () => {
    const { visit, home, other } = await setUp();
    await home.stop();
    const moved = await visit();
    expect(moved).toMatchObject({ affinity: 'moved', server: { address: other.address } });
    expect([moved.session.readFrom, numbers(moved)]).toEqual(['database', [3, 2, 1]]);
    expect(await visit()).toMatchObject({ affinity: 'hit', session: { readFrom: 'memory' } });
  });

  test('S4: back on a replica that was cut off, the client sees what it wrote on the other one', async () => {
    const { client, visit, home } = await setUp();
    home.process.kill('SIGSTOP');
    expect(numbers(await visit())).toContain(3);
    await visit();
    home.process.kill('SIGCONT');
    client.cookies.set('srv_id', serverId(home.address));
    const back = await visit();
    expect(back).toMatchObject({ affinity: 'hit', server: { address: home.address } });
    // It may have read the newer state before, for the request that it held while it was cut off.
    expect(numbers(back)).toEqual(expect.arrayContaining([1, 2, 3, 4, 5]));
    expect(numbers(back)).toEqual(numbers(back).toSorted((a, b) => b - a));
    expect(await visit()).toMatchObject({ affinity: 'hit', session: { readFrom: 'memory' } });
  });

  test('S8: a replica that was cut off during `regenerate` does not take the session from the client again', async () => {
    const { client, visit, home, other } = await setUp();
    home.process.kill('SIGSTOP');
    const { status, headers } = await client.send({ method: 'PUT', path: '/ledger/id' });
    expect([status, headers['x-served-by']]).toEqual([200, other.address]);
    home.process.kill('SIGCONT');
    const late = () => home.logLines().filter(({ path }) => path === '/ledger/id');
    await expect.poll(late, { timeout: 10_000 }).toHaveLength(1);
    // It reads the database, because it has never heard of the new id.
    client.cookies.set('srv_id', serverId(home.address));
    expect(await visit()).toMatchObject({
      session: { readFrom: 'database', list: expect.arrayContaining([expect.objectContaining({ number: 1 })]) },
    });
  });

  test('S7: a client without a session gets none with text', async () => {
    const { client, visit } = await setUp();
    client.cookies.clear();
    await client.send({ headers: { Accept: 'text/plain' } });
    expect(client.cookies.get('session')).toBeUndefined();
    expect((await visit()).session).toBeUndefined();
  });
});
