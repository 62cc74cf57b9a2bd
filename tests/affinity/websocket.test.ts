import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { openRequest } from '../../testkit/http/send.ts';
import { cookieOf, type Mooring, stage } from './fixture.ts';

/** Opens a WebSocket and collects its messages. */
async function openWebSocket(frontUrl: string) {
  const socket = new WebSocket(frontUrl);
  socket.binaryType = 'arraybuffer';
  const messages: unknown[] = [];
  socket.onmessage = ({ data }) => messages.push(data);
  await once(socket, 'open');
  onTestFinished(() => socket.close());
  return { socket, messages };
}

/** RFC 6455 section 1.3. */
const HANDSHAKE = { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13' };

/** Upgrades a connection by hand. Returns the response to the handshake, and the connection. */
async function handshake(frontUrl: string, as?: Mooring): Promise<[IncomingMessage, Socket]> {
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    ...HANDSHAKE,
    ...(as && { Cookie: cookieOf(as) }),
  };
  const [response, socket] = await once(openRequest(frontUrl, { headers }).end(), 'upgrade');
  onTestFinished(() => socket.destroy());
  return [response, socket];
}

describe.each(fronts)('a WebSocket through %s', (kind) => {
  test('A2: the handshake moors its client', async () => {
    const [front, a, b] = await stage(kind, ['A', 'B']);
    const [response] = await handshake(front.url, b);
    expect(response).toMatchObject({
      statusCode: 101,
      headers: {
        upgrade: expect.stringMatching(/^websocket$/i),
        'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
        'set-cookie': [expect.stringMatching(`^srv_id=${b.sid}; expires=`)],
        'x-replica': 'B',
      },
    });
    expect(a.requests).toEqual([]);
  });

  test('messages pass both ways, text and binary', async () => {
    const [front] = await stage(kind, ['A']);
    const { socket, messages } = await openWebSocket(front.url);
    socket.send('text: \u20ac');
    socket.send(Uint8Array.of(0, 1, 255));
    await expect.poll(() => messages).toHaveLength(2);
    expect(messages).toEqual(['text: \u20ac', Uint8Array.of(0, 1, 255).buffer]);
  });

  test('the end passes with its code and reason', async () => {
    const [front] = await stage(kind, ['A']);
    const { socket } = await openWebSocket(front.url);
    socket.close(4001, 'enough');
    expect(await once(socket, 'close')).toEqual([
      expect.objectContaining({ code: 4001, reason: 'enough', wasClean: true }),
    ]);
  });

  test.each([
    { end: 'is closed', close: (socket: Socket) => socket.end(Buffer.of(0x88, 0x80, 0, 0, 0, 0)) },
    { end: 'breaks off', close: (socket: Socket) => socket.resetAndDestroy() },
  ])('A3: it counts as a request until it $end', async ({ close }) => {
    const [front, a] = await stage(kind, ['A', 'B']);
    const [, socket] = await handshake(front.url, a);
    expect(await front.askInTurn(4)).toBe('BBBB');
    close(socket);
    await expect.poll(() => front.askInTurn(2)).toMatch(/A/);
  });

  test('A3: it no longer counts when its replica is gone', async () => {
    const [front, a] = await stage(kind, ['A max_conns=1', 'B backup']);
    const { socket } = await openWebSocket(front.url);
    expect(await front.ask({ as: a })).toBe('200 from B, cookie of B');
    await Promise.all([once(socket, 'close'), a.stop()]);
    await a.restart();
    await expect.poll(() => front.ask({ as: a })).toBe('200 from A, cookie of A');
  });

  test('A3: it no longer counts when its client is gone, although its replica does not close it', async () => {
    const [front, a] = await stage(kind, ['A', 'B']);
    a.hangWebSockets();
    const [, socket] = await handshake(front.url, a);
    expect(await front.askInTurn(4)).toBe('BBBB');
    socket.resetAndDestroy();
    await expect.poll(() => front.askInTurn(2), { timeout: 15_000 }).toMatch(/A/);
  });

  test.each([
    ['without a key', { 'Sec-WebSocket-Key': '' }],
    ['of another version', { 'Sec-WebSocket-Version': '8' }],
  ])('a handshake %s opens none that goes on to count', async (_what, wrong) => {
    const [front, a] = await stage(kind, ['A', 'B']);
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket', Cookie: cookieOf(a), ...HANDSHAKE, ...wrong };
    const asked = openRequest(front.url, { headers }).end();
    const response = await Promise.race([once(asked, 'response'), once(asked, 'upgrade')]);
    (response[0] as IncomingMessage).destroy();
    await expect.poll(() => front.askInTurn(4), { timeout: 15_000 }).toMatch(/A/);
  });

  test('A6: the handshake goes to the next peer after a refused connection', async () => {
    const [front, a] = await stage(kind, ['A', 'B']);
    await a.stop();
    const [response] = await handshake(front.url, a);
    expect(response).toMatchObject({ statusCode: 101, headers: { 'x-replica': 'B' } });
  });
});
