import { expect, test, vi } from 'vitest';
import { createInFlight } from './in-flight.ts';

test('it is idle when everything has ended, for all who wait', async () => {
  const inFlight = createInFlight();
  await inFlight.idle();
  inFlight.begin();
  inFlight.begin();
  const onIdle = vi.fn();
  const waiting = [inFlight.idle().then(onIdle), inFlight.idle().then(onIdle)];
  inFlight.end();
  expect(inFlight.count()).toBe(1);
  await Promise.resolve();
  expect(onIdle).not.toHaveBeenCalled();
  inFlight.end();
  await Promise.all(waiting);
  expect(onIdle).toHaveBeenCalledTimes(2);
});
