import type { Context } from 'hono';
import { expect, test, vi } from 'vitest';
import type { AppEnv } from '../env.ts';
import { type AcceptWebSocket, closeOnFailure, type WebSocketEvents } from './web-socket.ts';

const MESSAGE = { data: 'hello' } as MessageEvent;

/** Accepts a WebSocket with these events, and returns them as the server calls them. */
function accept(events: WebSocketEvents) {
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const socket = { close: vi.fn() };
  let accepted: WebSocketEvents = {};
  const server: AcceptWebSocket = (createEvents) => {
    accepted = createEvents({ var: { log } } as unknown as Context<AppEnv>);
    return async () => {};
  };
  closeOnFailure(server)(() => events);
  return { accepted, log, socket };
}

test.each([
  ['rejects', async () => Promise.reject(new Error('no'))],
  [
    'throws',
    () => {
      throw new Error('no');
    },
  ],
])('a handler that %s is logged and closes its WebSocket', async (_how, onMessage) => {
  const { accepted, log, socket } = accept({ onMessage });
  await accepted.onMessage?.(MESSAGE, socket as never);
  expect(log.error.mock.calls).toEqual([[{ err: new Error('no') }, 'WebSocket handler failed']]);
  expect(socket.close.mock.calls).toEqual([[1011]]);
});

test('a handler may fail after its WebSocket was closed', async () => {
  const { accepted, socket } = accept({ onClose: async () => Promise.reject(new Error('no')) });
  socket.close.mockImplementation(() => {
    throw new TypeError('already closed');
  });
  await expect(accepted.onClose?.({} as CloseEvent, socket as never)).resolves.toBeUndefined();
});

test('a handler that succeeds gets event and socket, and closes nothing', async () => {
  const onMessage = vi.fn();
  const { accepted, socket } = accept({ onMessage });
  await accepted.onMessage?.(MESSAGE, socket as never);
  expect(onMessage.mock.calls).toEqual([[MESSAGE, socket]]);
  expect(socket.close).not.toHaveBeenCalled();
  expect(Object.keys(accepted)).toEqual(['onMessage']);
});
