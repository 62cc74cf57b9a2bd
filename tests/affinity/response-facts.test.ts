import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { SuiteFrontKind } from '../../testkit/fronts/front.ts';
import { fronts, startFront } from '../../testkit/fronts/fronts.ts';
import { startNginxFront } from '../../testkit/fronts/nginx.ts';
import { FRESH_REQUEST_ID } from '../../testkit/http/request-id.ts';
import { send } from '../../testkit/http/send.ts';
import { answers, drops } from '../../testkit/replicas/behaviours.ts';
import { createStubReplica, type StubReplica } from '../../testkit/replicas/stub.ts';
import { type AskableFront, cookieOf, createStage, stage } from './fixture.ts';

const NAMES = ['x-affinity', 'x-served-by', 'x-request-id'] as const;

interface AccessLine {
  path: string;
  status: number;
  requestId: string;
  affinity?: string;
  peer?: string;
}

/** Starts one replica behind a front, and waits for lines of the front's access log. */
async function stageWithLog(kind: SuiteFrontKind) {
  const replica = await createStubReplica('A');
  onTestFinished(replica.stop);
  const options = { peers: [`${replica.url} max_fails=0`], connectTimeoutMs: 1000, readTimeoutMs: 10_000 };
  const lines: string[] = [];
  const front =
    kind === 'nginx'
      ? await startNginxFront({ ...options, cookieSecure: false }, { onAccess: (line) => lines.push(line.toString()) })
      : await startFront(kind, options);
  onTestFinished(front.close);
  return {
    replica,
    url: front.url,
    lineOf: (path: string) =>
      expect.poll(() => {
        const line = [...lines, ...front.logs].find((text) => text.includes(`"path":"${path}"`));
        return line === undefined ? undefined : (JSON.parse(line) as AccessLine);
      }),
  };
}

describe.each(fronts)('what %s adds to the answer of a replica', (kind) => {
  let front: AskableFront;
  let a: StubReplica;
  let b: StubReplica;

  beforeAll(async () => {
    [front, a, b] = await createStage(kind, ['A max_fails=0', 'B max_fails=0']);
  });

  beforeEach(() => {
    for (const replica of [a, b]) replica.behave(answers(200));
  });

  afterAll(() => front.close());

  test.each([
    { cookie: 'none', header: undefined, verdict: 'new' },
    { cookie: 'empty', header: 'srv_id=', verdict: 'new' },
    { cookie: 'another name', header: 'other=e73eb7edc6b16f4bfdbfe7bd78f9ac14', verdict: 'new' },
    { cookie: 'another replica', header: 'srv_id=00000000000000000000000000000000', verdict: 'moved' },
    { cookie: 'no server id', header: 'srv_id=junk', verdict: 'invalid' },
    { cookie: 'capitals', header: 'srv_id=E73EB7EDC6B16F4BFDBFE7BD78F9AC14', verdict: 'invalid' },
    { cookie: 'separators', header: 'srv_id=| srv_id=x', verdict: 'invalid' },
  ])('A15: the verdict for a cookie: $cookie', async ({ header, verdict }) => {
    const { headers } = await front.get({ ...(header !== undefined && { cookie: header }) });
    expect(headers['x-affinity']).toBe(verdict);
    expect([a.address, b.address]).toContain(headers['x-served-by']);
  });

  test('A15: the replica that the client was on is a hit', async () => {
    for (const replica of [a, b]) {
      const { headers } = await front.get({ as: replica });
      expect(headers).toMatchObject({ 'x-affinity': 'hit', 'x-served-by': replica.address });
    }
    expect((await front.get({ cookie: `srv_id=${b.sid}; srv_id=${a.sid}` })).headers).toMatchObject({
      'x-affinity': 'hit',
      'x-served-by': b.address,
    });
  });

  test('A15: the replica that answered, after another one failed', async () => {
    a.behave(drops());
    const { headers } = await front.get({ as: a });
    expect(headers).toMatchObject({ 'x-affinity': 'moved', 'x-served-by': b.address });
  });

  test.each([
    { cookie: 'r1', verdict: 'hit' },
    { cookie: 'r2', verdict: 'moved' },
    { cookie: 'not a token', verdict: 'invalid' },
  ])('A15: with route names, "$cookie" is $verdict at r1', async ({ cookie, verdict }) => {
    const [front, a] = await stage(kind, ['A route=r1']);
    const { headers } = await front.get({ cookie: `srv_id=${cookie}` });
    expect(headers).toMatchObject({ 'x-affinity': verdict, 'x-served-by': a.address });
  });

  test('A15: the request id is the one that the replica received', async () => {
    const { headers } = await front.get({ as: a });
    expect(headers['x-request-id']).toMatch(FRESH_REQUEST_ID);
    expect(a.requests.at(-1)?.headers['x-request-id']).toBe(headers['x-request-id']);
  });

  test.each([200, 204, 304, 404, 500])("A15: a replica's %i has them, too", async (status) => {
    a.behave(answers(status));
    const { headers } = await front.get({ as: a });
    expect(headers).toMatchObject({ 'x-affinity': 'hit', 'x-served-by': a.address });
  });

  test.each(NAMES)('A15: %s of the replica stays as it is, once', async (name) => {
    a.behave(answers(200, { [name]: 'of the app' }));
    const { headers } = await front.get({ as: a });
    // Several headers of this name would be joined by commas.
    expect(headers[name]).toBe('of the app');
    for (const other of NAMES) expect(headers).toHaveProperty(other);
  });

  test('A15: the 503 that all replicas answer names the last one tried', async () => {
    for (const replica of [a, b]) replica.behave(answers(503));
    const { headers } = await front.get({ as: a });
    expect(headers).toMatchObject({ 'x-affinity': 'moved', 'x-served-by': b.address });
  });

  test('A15: an answer of the front itself has none of them', async () => {
    const [front, a] = await stage(kind, ['A']);
    await a.stop();
    const { status, headers } = await front.get({ as: a });
    expect(status).toBe(502);
    for (const name of NAMES) expect(headers).not.toHaveProperty(name);
  });

  test('A15: the access log has the verdict, the replica and the request id', async () => {
    const { replica, url, lineOf } = await stageWithLog(kind);
    const { headers } = await send(url, { path: '/hit?secret', headers: { Cookie: cookieOf(replica) } });
    await lineOf('/hit').toMatchObject({
      status: 200,
      affinity: 'hit',
      peer: replica.address,
      requestId: headers['x-request-id'],
    });
    replica.behave(answers(404, { 'X-Affinity': 'of the app' }));
    await send(url, { path: '/own' });
    await lineOf('/own').toMatchObject({ status: 404, affinity: 'of the app' });
    await replica.stop();
    await send(url, { path: '/down', headers: { Cookie: cookieOf(replica) } });
    await lineOf('/down').toMatchObject({ status: 502, peer: expect.stringContaining(replica.address) });
    await lineOf('/down').not.toMatchObject({ affinity: expect.stringMatching(/./) });
  });
});
