import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { expect, test, vi } from 'vitest';
import { createEventStreams } from './event-streams.ts';

function setUp() {
  const onOpen = vi.fn();
  const { watch, end } = createEventStreams(onOpen);
  const aborted = Promise.withResolvers<string>();
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(async function watching(c, next) {
    await next();
    watch(c);
  });
  app.get('/', (c) =>
    streamSSE(c, async (stream) => {
      stream.onAbort(() => aborted.resolve('aborted'));
      await stream.writeSSE({ data: 'first' });
      await aborted.promise;
    }),
  );
  const ask = async (method: string) => await app.request('/', { method }, { outgoing: {} } as HttpBindings);
  return { ask, end, onOpen, aborted: aborted.promise };
}

test('an event stream is open until it is ended', async () => {
  const { ask, end, onOpen, aborted } = setUp();
  const response = await ask('GET');
  expect(onOpen).toHaveBeenCalledTimes(1);
  end();
  await response.text();
  expect(await aborted).toBe('aborted');
});

test('HEAD leaves no stream open', async () => {
  const { ask, onOpen, aborted } = setUp();
  expect((await ask('HEAD')).body).toBeNull();
  expect(await aborted).toBe('aborted');
  expect(onOpen).not.toHaveBeenCalled();
});
