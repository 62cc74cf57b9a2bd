import { expect, test } from 'vitest';
import { singleFlight } from './single-flight.ts';

function createCalls() {
  const calls: PromiseWithResolvers<number>[] = [];
  const ask = singleFlight(() => {
    const call = Promise.withResolvers<number>();
    calls.push(call);
    return call.promise;
  });
  return { calls, ask };
}

test('callers during a call share the next call', async () => {
  const { calls, ask } = createCalls();
  const first = ask();
  const others = [ask(), ask(), ask()];
  expect(calls).toHaveLength(1);

  calls[0]?.resolve(1);
  expect(await first).toBe(1);
  await expect.poll(() => calls.length).toBe(2);
  calls[1]?.resolve(2);
  expect(await Promise.all(others)).toEqual([2, 2, 2]);
  expect(calls).toHaveLength(2);
});

test('a lone caller does not wait', async () => {
  const { calls, ask } = createCalls();
  for (const answer of [1, 2]) {
    const asked = ask();
    calls.at(-1)?.resolve(answer);
    expect(await asked).toBe(answer);
  }
  expect(calls).toHaveLength(2);
});

test('a failure reaches its callers only, and the next call runs', async () => {
  const { calls, ask } = createCalls();
  const first = ask();
  const second = ask();
  calls[0]?.reject(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await expect.poll(() => calls.length).toBe(2);
  calls[1]?.resolve(2);
  expect(await second).toBe(2);
});
