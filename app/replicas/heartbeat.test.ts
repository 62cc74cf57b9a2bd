import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { report } from '../../testkit/replicas/reports.ts';
import { StoreUnavailableError } from '../lib/store-errors.ts';
import { createHeartbeat, type HeartbeatOptions, RECOVERY_MS } from './heartbeat.ts';
import type { ReplicaRegistry } from './registry.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp(options: Partial<HeartbeatOptions> = {}) {
  const replicas = {
    report: vi.fn<ReplicaRegistry['report']>(async () => {}),
    forget: vi.fn<ReplicaRegistry['forget']>(async () => {}),
  };
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  let visits = 0;
  const say = () => report('10.0.0.5', { version: `${++visits}` });
  const heartbeat = createHeartbeat({ replicas, report: say, log, ...options });
  const versions = () => replicas.report.mock.calls.map(([{ version }]) => version);
  return { heartbeat, replicas, log, versions };
}

test('a replica reports at its start and then every second, with current values', async () => {
  const { heartbeat, versions } = setUp();
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(2500);
  expect(versions()).toEqual(['1', '2', '3']);
});

test('a replica makes its last report when it stops', async () => {
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

test('an outage is logged once, its end once, and between them the replica is not reporting', async () => {
  const { heartbeat, replicas, log } = setUp();
  expect(heartbeat.isReporting()).toBe(false);
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(10);
  expect(heartbeat.isReporting()).toBe(true);

  replicas.report.mockRejectedValue(new StoreUnavailableError('no', { cause: new Error('refused') }));
  await vi.advanceTimersByTimeAsync(5000);
  expect(heartbeat.isReporting()).toBe(false);
  expect(log.error.mock.calls).toEqual([
    [{ cause: expect.objectContaining({ message: 'refused' }) }, 'self-report failed'],
  ]);

  replicas.report.mockResolvedValue();
  await vi.advanceTimersByTimeAsync(5000);
  expect(heartbeat.isReporting()).toBe(true);
  expect(log.info.mock.calls).toEqual([[{}, 'self-report resumed']]);
  await heartbeat.stop();
});

test('isRecovering is true from the first failed report until some time after the next success', async () => {
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

test('isRecovering is true for a while after a call that failed between two reports', async () => {
  const { heartbeat } = setUp();
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(10);
  heartbeat.databaseFailed();
  expect([heartbeat.isReporting(), heartbeat.isRecovering()]).toEqual([true, true]);
  await vi.advanceTimersByTimeAsync(RECOVERY_MS);
  expect(heartbeat.isRecovering()).toBe(false);
  await heartbeat.stop();
});

test('rows of long gone replicas are deleted from time to time', async () => {
  const { heartbeat, replicas } = setUp();
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(119_500);
  expect(replicas.report).toHaveBeenCalledTimes(120);
  expect(replicas.forget).toHaveBeenCalledTimes(2);
  await heartbeat.stop();
});

test('prepare runs once before the first report, and is retried when it fails', async () => {
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

test('onChange receives each change with the start time of its report', async () => {
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

test('a replica that starts during an outage fails until its first report, and recovers after it like the others', async () => {
  const onChange = vi.fn();
  const { heartbeat, log } = setUp({ isAwayAtStart: true, onChange });
  expect([heartbeat.isAway(), heartbeat.isRecovering()]).toEqual([true, true]);
  heartbeat.start();
  await vi.advanceTimersByTimeAsync(10);
  expect([heartbeat.isAway(), heartbeat.isRecovering()]).toEqual([false, true]);
  expect(onChange.mock.calls.map(([isReporting]) => isReporting)).toEqual([false, true]);
  expect(log.info.mock.calls).toEqual([[{}, 'self-report resumed']]);
  await vi.advanceTimersByTimeAsync(RECOVERY_MS);
  expect(heartbeat.isRecovering()).toBe(false);
  await heartbeat.stop();
});
