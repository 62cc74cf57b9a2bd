import { expect, onTestFinished, test, vi } from 'vitest';
import { createEdgeReader } from './edge-reader.ts';

const REPORT = { requests: [{ status: 200, affinity: 'hit', count: 7 }], tries: [] };

function start() {
  const asked = vi.spyOn(globalThis, 'fetch');
  onTestFinished(() => asked.mockRestore());
  let timeMs = 0;
  const read = createEdgeReader({ host: 'edge.', port: 9464, monotonicMs: () => timeMs });
  const pass = (ms: number) => {
    timeMs += ms;
  };
  return { asked, read, pass };
}

test('an edge is read each time', async () => {
  const { asked, read } = start();
  asked.mockImplementation(async () => Response.json(REPORT));
  expect(await read()).toMatchObject({ requests: 7 });
  expect(await read()).toMatchObject({ requests: 7 });
  expect(asked.mock.calls.map(([url]) => url)).toEqual(Array(2).fill('http://edge.:9464/figures'));
});

test.each([
  ['does not answer', () => Promise.reject(new TypeError('fetch failed'))],
  ['answers 503', async () => new Response('The worker does not answer.', { status: 503 })],
  ['is something else', async () => Response.json({ message: 'not found' }, { status: 404 })],
])('an edge that %s has no figures, and is asked again after five seconds', async (_what, answer) => {
  const { asked, read, pass } = start();
  asked.mockImplementationOnce(answer);
  expect(await read()).toBeUndefined();
  asked.mockImplementation(async () => Response.json(REPORT));
  pass(4999);
  expect(await read()).toBeUndefined();
  expect(asked).toHaveBeenCalledTimes(1);
  pass(1);
  expect(await read()).toMatchObject({ requests: 7 });
});
