import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serverId } from '../../app/affinity/server-id.ts';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { openEvents } from '../../testkit/http/event-stream.ts';
import { openRequest, send } from '../../testkit/http/send.ts';
import type { OriginProcess } from '../../testkit/processes/origin.ts';
import { startReplicasBehind } from './replicas-behind.ts';

describe.each(fronts)('routes behind %s', (kind) => {
  async function setUp() {
    const { front, replicas } = await startReplicasBehind(kind);
    const sids = replicas.map(({ address }) => serverId(address));
    const replicaOf = (sid: unknown) => replicas[sids.indexOf(`${sid}`)] as OriginProcess;
    const otherThan = (sid: unknown) => sids.find((other) => other !== sid);
    return { url: front.url, sids, replicaOf, otherThan };
  }

  /** Opens a WebSocket. @returns a function that sends a message and returns the answer */
  async function openSocket(url: string) {
    const socket = new WebSocket(`${url}/live/socket`);
    onTestFinished(() => socket.close());
    await once(socket, 'open');
    const ask = async (message: string) => {
      socket.send(message);
      const [{ data }] = (await once(socket, 'message')) as [MessageEvent];
      return `${data}`;
    };
    return { socket, ask };
  }

  test('A2: the handshake of a WebSocket moors its client, and messages pass', async () => {
    const { url, sids } = await setUp();
    const { ask } = await openSocket(url);
    const [sid] = (await ask('one')).split(' ');
    expect(sids).toContain(sid);
    expect(await ask('two')).toBe(`${sid} new: two`);

    const headers = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version': '13',
      Cookie: `srv_id=${sid}`,
    };
    const [response, connection] = await once(openRequest(url, { path: '/live/socket', headers }).end(), 'upgrade');
    connection.destroy();
    expect(response.headers).toMatchObject({
      'set-cookie': expect.arrayContaining([expect.stringMatching(`^srv_id=${sid};`)]),
      'x-affinity': 'hit',
    });
  });

  test.each([
    ['of another protocol', 'h2c', '/showcount', 200],
    ['where no route accepts WebSockets', 'websocket', '/showcount', 200],
    ['of another protocol where one does', 'h2c', '/live/socket', 404],
  ])('an upgrade %s is an ordinary request', async (_what, protocol, path, status) => {
    const { url } = await setUp();
    const headers = { Connection: 'Upgrade', Upgrade: protocol };
    expect((await send(url, { path, headers })).status).toBe(status);
  });

  test('an event stream is not buffered: each event arrives before the next one is sent', async () => {
    const { url } = await setUp();
    const events = await openEvents(url, '/live/events?every=100');
    const times: number[] = [];
    for (let n = 1; n <= 10; n++) {
      expect((await events.next())?.data).toMatchObject({ n });
      times.push(performance.now());
    }
    events.close();
    // All at once would mean that something collects them. How far apart they are is the machine's business.
    expect((times.at(-1) as number) - (times[0] as number)).toBeGreaterThan(450);
  });

  test('a file of the app arrives with its type, and a page with its layout', async () => {
    const { url, sids } = await setUp();
    const file = await send(url, { path: '/live/live.css' });
    expect([file.headers['content-type'], `${file.body}`]).toEqual([
      expect.stringMatching(/^text\/css/),
      expect.stringContaining('teal'),
    ]);
    const page = await send(url, { path: '/live', headers: { Accept: 'text/html' } });
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(`${page.body}`).toMatch(new RegExp(`<title>Live</title>.*<h1>Live on (${sids.join('|')})</h1>`, 's'));
  });

  test('a drain closes WebSockets with 1001 and ends event streams; clients go on at another replica', async () => {
    const { url, replicaOf, otherThan } = await setUp();
    const { socket, ask } = await openSocket(url);
    const [sid] = (await ask('hello')).split(' ');
    const cookie = `srv_id=${sid}`;
    const events = await openEvents(url, '/live/events', { Cookie: cookie });
    expect((await events.next())?.data).toMatchObject({ sid });

    const closed = once(socket, 'close') as Promise<[CloseEvent]>;
    const { process, exited } = replicaOf(sid);
    process.kill('SIGTERM');
    expect((await closed)[0]).toMatchObject({ code: 1001, wasClean: true });
    await expect(events.until(() => false)).rejects.toThrow('the stream ended');
    // Until the front has used its idle connections to the replica, a new stream may end at once: browsers reconnect.
    const reconnect = async () => {
      const again = await openEvents(url, '/live/events', { Cookie: cookie });
      const event = await again.next();
      again.close();
      return event?.data;
    };
    await expect.poll(reconnect).toMatchObject({ n: 1, sid: otherThan(sid) });
    expect(await exited).toMatchObject({ code: 0 });
  });
});
