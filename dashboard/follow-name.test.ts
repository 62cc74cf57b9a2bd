import { expect, onTestFinished, test, vi } from 'vitest';
import { followName } from './follow-name.ts';

const failure = (code: string) => Object.assign(new Error(code), { code });

test.each([
  ['all addresses of the name', async () => ['10.0.0.5', '10.0.0.4'], ['10.0.0.5:80', '10.0.0.4:80']],
  ['none, when nobody has the name', () => Promise.reject(failure('ENOTFOUND')), []],
  ['that it is unknown, when no name server answers', () => Promise.reject(failure('EAI_AGAIN')), undefined],
])('reports %s', async (_what, lookupAll, expected) => {
  const onAddresses = vi.fn();
  const loop = followName({ host: 'replica', port: 80, onAddresses, lookupAll });
  onTestFinished(() => loop.stop());
  loop.start();
  await vi.waitFor(() => expect(onAddresses).toHaveBeenCalledExactlyOnceWith(expected));
});

test('asks again every second, and does not wait longer for an answer', async () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const lookupAll = vi.fn(() => new Promise<string[]>(() => {}));
  const onAddresses = vi.fn();
  const loop = followName({ host: 'replica', port: 80, onAddresses, lookupAll });
  loop.start();
  await vi.advanceTimersByTimeAsync(2000);
  expect(onAddresses.mock.calls).toEqual([[undefined]]);
  expect(lookupAll).toHaveBeenCalledTimes(2);
  const stopped = loop.stop();
  await vi.advanceTimersByTimeAsync(1000);
  await stopped;
});
