import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createServerConnections } from './server-connections.ts';

vi.mock('cloudflare:workers', () => ({ waitUntil: () => {} }));

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const ALL = 16;

/** Starts a server that accepts connections and never sends anything. */
async function startSilentServer() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const port = (server.address() as AddressInfo).port;
  const login = { host: '127.0.0.1', port, user: 'u', password: 'p', database: 'd' };
  let timeMs = 0;
  const pass = (ms: number) => {
    timeMs += ms;
  };
  return { sockets, pass, ...createServerConnections(login, SILENT, () => timeMs) };
}

/** Asks for the maximum number of connections. All requests stay pending. */
async function takeAll() {
  const { sockets, getConnection, pass } = await startSilentServer();
  const deadline = new AbortController();
  const asked = Promise.allSettled(Array.from({ length: ALL }, () => getConnection(deadline.signal)));
  await vi.waitFor(() => expect(sockets).toHaveLength(ALL), { timeout: 10_000 });
  return { sockets, getConnection, pass, deadline, asked };
}

test('a call whose deadline passes while it waits opens no connection afterwards', async () => {
  const { sockets, getConnection, asked } = await takeAll();
  const deadline = new AbortController();
  const waiting = getConnection(deadline.signal);
  const reason = new Error('no request waits any longer');
  deadline.abort(reason);
  await expect(waiting).rejects.toBe(reason);

  for (const socket of sockets) socket.destroy();
  expect((await asked).map(({ status }) => status)).toEqual(Array(ALL).fill('rejected'));
  expect(sockets).toHaveLength(ALL);
});

test('connections on a silent network free their slots at the deadline', async () => {
  const { sockets, getConnection, deadline, asked } = await takeAll();
  deadline.abort(new Error('the deadline passed'));
  expect((await asked).map(({ status }) => status)).toEqual(Array(ALL).fill('rejected'));

  const later = new AbortController();
  onTestFinished(() => later.abort(new Error('the test is over')));
  const tryAgain = () => void getConnection(later.signal).catch(() => {});
  await vi.waitFor(
    () => {
      tryAgain();
      expect(sockets.length).toBeGreaterThan(ALL);
    },
    { timeout: 10_000, interval: 100 },
  );
});

test('a deadline that leaves no time to connect does not mark the database as unreachable', async () => {
  const { getConnection, pass, deadline, asked } = await takeAll();
  pass(999);
  deadline.abort(new Error('the deadline passed'));
  await asked;
  const reason = new Error('no request waits any longer');
  const later = new AbortController();
  const waiting = getConnection(later.signal);
  later.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

test('after an attempt to connect failed for a second the next ones fail at once', async () => {
  const { sockets, getConnection, pass, deadline, asked } = await takeAll();
  pass(1000);
  deadline.abort(new Error('the deadline passed'));
  await asked;
  await expect(getConnection(new AbortController().signal)).rejects.toThrow('could not be reached a moment ago');
  expect(sockets).toHaveLength(ALL);
});
