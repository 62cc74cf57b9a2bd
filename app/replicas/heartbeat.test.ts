import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { report } from '../../testkit/replicas/reports.ts';
import { StoreUnavailableError } from '../visits/errors.ts';
import { createHeartbeat, RECOVERY_MS } from './heartbeat.ts';
import type { ReplicaRegistry } from './registry.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const replicas = {
    report: vi.fn<ReplicaRegistry['report']>(async () => {}),
    forget: vi.fn<ReplicaRegistry['forget']>(async () => {}),
  };
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  let visits = 0;
  const say = () => report('10.0.0.5', { version: `${++visits}` });
  const heartbeat = createHeartbeat({ replicas, report: say, log });
  const versions = () => replicas.report.mock.calls.map(([{ version }]) => version);
  return { heartbeat, replicas, log, versions };
}

test('a replica reports when it starts and each second after that, anew each time', async () => {
  const { heartbeat, versions } = setUp();
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(2500);
  expect(versions()).toEqual(['1', '2', '3']);
});

test('its last report is made when it stops, and none after that', async () => {
  const { heartbeat, versions } = setUp();
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(500);
  await heartbeat.stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(versions()).toEqual(['1', '2']);
});

test('a report waits for the one before it, and reports do not pile up', async () => {
  const { heartbeat, replicas, versions } = setUp();
  const first = Promise.withResolvers<void>();
  replicas.report.mockReturnValueOnce(first.promise);
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(5000);
  const beaten = heartbeat.beat();
  expect(versions()).toEqual(['1']);
  first.resolve();
  await beaten;
  expect(versions()).toEqual(['1', '2']);
});

test('a database that is away is told of once, and once when it is back; meanwhile the replica is not heard', async () => {
  const { heartbeat, replicas, log } = setUp();
  expect(heartbeat.isReporting()).toBe(false);
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(10);
  expect(heartbeat.isReporting()).toBe(true);

  replicas.report.mockRejectedValue(new StoreUnavailableError('no', { cause: new Error('refused') }));
  await vi.advanceTimersByTimeAsync(5000);
  expect(heartbeat.isReporting()).toBe(false);
  expect(log.error.mock.calls).toEqual([
    [{ cause: expect.objectContaining({ message: 'refused' }) }, 'the replica cannot report itself'],
  ]);

  replicas.report.mockResolvedValue();
  await vi.advanceTimersByTimeAsync(5000);
  expect(heartbeat.isReporting()).toBe(true);
  expect(log.info.mock.calls).toEqual([[{}, 'the replica reports itself again']]);
  await heartbeat.stop();
});

test('the database recovers from the first failed report until some time after the first that succeeds', async () => {
  const { heartbeat, replicas } = setUp();
  expect(heartbeat.isRecovering()).toBe(false);
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(10);
  expect(heartbeat.isRecovering()).toBe(false);

  replicas.report.mockRejectedValue(new StoreUnavailableError('no'));
  await vi.advanceTimersByTimeAsync(1000);
  expect(heartbeat.isRecovering()).toBe(true);
  replicas.report.mockResolvedValue();
  await vi.advanceTimersByTimeAsync(1000);
  expect([heartbeat.isReporting(), heartbeat.isRecovering()]).toEqual([true, true]);
  await vi.advanceTimersByTimeAsync(RECOVERY_MS);
  expect(heartbeat.isRecovering()).toBe(false);
  await heartbeat.stop();
});

test('the database recovers for a while after a call that failed between two reports', async () => {
  const { heartbeat } = setUp();
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(10);
  heartbeat.databaseFailed();
  expect([heartbeat.isReporting(), heartbeat.isRecovering()]).toEqual([true, true]);
  await vi.advanceTimersByTimeAsync(RECOVERY_MS);
  expect(heartbeat.isRecovering()).toBe(false);
  await heartbeat.stop();
});

test('replicas that are long gone are forgotten now and then', async () => {
  const { heartbeat, replicas } = setUp();
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(119_500);
  expect(replicas.report).toHaveBeenCalledTimes(120);
  expect(replicas.forget).toHaveBeenCalledTimes(2);
  await heartbeat.stop();
});

test('what is prepared precedes the first report, once, and is tried again when it fails', async () => {
  const { replicas, log } = setUp();
  const order: string[] = [];
  replicas.report.mockImplementation(async () => void order.push('report'));
  let tries = 0;
  const prepare = async () => {
    order.push('prepare');
    if (++tries === 1) throw new StoreUnavailableError('away');
  };
  const heartbeat = createHeartbeat({ replicas, report: () => report('10.0.0.5'), prepare, log });
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(2500);
  expect(order).toEqual(['prepare', 'prepare', 'report', 'report']);
});

test('each change is passed on with the time at which its report was begun', async () => {
  const { replicas, log } = setUp();
  const onChange = vi.fn();
  let timeMs = 0;
  const nowMs = () => ++timeMs;
  const heartbeat = createHeartbeat({ replicas, report: () => report('10.0.0.5'), onChange, log, nowMs });
  const outcomes = [true, true, false, false, true];
  for (const isTaken of outcomes) {
    if (!isTaken) replicas.report.mockRejectedValueOnce(new StoreUnavailableError('away'));
    await heartbeat.beat();
  }
  expect(onChange.mock.calls).toEqual([
    [true, 1],
    [false, 3],
    [true, 5],
  ]);
});
