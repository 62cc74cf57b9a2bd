import { expect, test } from 'vitest';
import { untilAborted } from './until-aborted.ts';

test('a promise that settles first decides', async () => {
  const { signal } = new AbortController();
  expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
  await expect(untilAborted(Promise.reject(new Error('broke')), signal)).rejects.toThrow('broke');
});

test('the reason of the signal is thrown when it aborts first, or has aborted before', async () => {
  const controller = new AbortController();
  const waiting = untilAborted(new Promise(() => {}), controller.signal);
  controller.abort(new Error('too late'));
  await expect(waiting).rejects.toThrow('too late');
  await expect(untilAborted(new Promise(() => {}), controller.signal)).rejects.toThrow('too late');
});

test('work that fails after the abort is not an unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  const work = Promise.withResolvers<void>();
  await expect(untilAborted(work.promise, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  work.reject(new Error('broke'));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
