import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createBodyReader } from './body-reader.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A body whose client sends `bytes` after each `everyMs`. */
function setUp({ bytes, everyMs }: { bytes: number; everyMs: number }) {
  const body = new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, everyMs));
      controller.enqueue(new Uint8Array(bytes));
      controller.byobRequest?.respond(0);
    },
  });
  const limits = { maxBytes: Number.POSITIVE_INFINITY, idleTimeoutMs: 5000, monotonicMs: () => Date.now() };
  const reader = createBodyReader(body, limits);
  return async () => {
    const piece = reader.read(new Uint8Array(64 * 1024)).then(
      (read) => read?.byteLength,
      (error: { status?: number }) => error.status,
    );
    await vi.advanceTimersByTimeAsync(everyMs);
    return await piece;
  };
}

const waitForPeer = () => vi.advanceTimersByTimeAsync(70_000);

test('a client that sends less than 64 KiB in a minute is cut off', async () => {
  const read = setUp({ bytes: 1000, everyMs: 4000 });
  for (let piece = 0; piece < 14; piece++) expect(await read()).toBe(1000);
  expect([await read(), await read()]).toContain(408);
});

test('one that sends as much has a minute again', async () => {
  const read = setUp({ bytes: 8 * 1024, everyMs: 4000 });
  for (let piece = 0; piece < 40; piece++) expect(await read()).toBe(8 * 1024);
});

test('the time in which nobody reads is not the time of the client', async () => {
  const read = setUp({ bytes: 1000, everyMs: 1000 });
  for (let piece = 0; piece < 5; piece++) {
    expect(await read()).toBe(1000);
    await waitForPeer();
  }
});
