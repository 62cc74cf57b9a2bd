import { expect, test, vi } from 'vitest';
import { StoreUnavailableError } from '../lib/store-errors.ts';
import { type Snapshot, takeSnapshot } from '../replicas/snapshot.ts';
import { createDashboardFeed } from './feed.ts';

function setUp() {
  let timeMs = 1_000_000;
  let count = 0;
  const readSnapshot = vi.fn<() => Promise<Snapshot>>(async () => takeSnapshot(++count, [], timeMs));
  const feed = createDashboardFeed({ readSnapshot, intervalMs: 500, nowMs: () => timeMs, monotonicMs: () => timeMs });
  return {
    feed,
    readSnapshot,
    pass(ms: number) {
      timeMs += ms;
    },
  };
}

test('the snapshot is read once for all watchers, and not at all without any', async () => {
  const { feed, readSnapshot, pass } = setUp();
  pass(10_000);
  expect(readSnapshot).not.toHaveBeenCalled();
  for (let watcher = 0; watcher < 100; watcher++) await feed.event();
  expect(readSnapshot).toHaveBeenCalledTimes(1);
  pass(500);
  for (let watcher = 0; watcher < 100; watcher++) await feed.event();
  expect(readSnapshot).toHaveBeenCalledTimes(2);
});

test('a reader that arrives during a read gets the previous snapshot', async () => {
  const { feed, readSnapshot, pass } = setUp();
  await feed.snapshot();
  pass(500);
  const slow = Promise.withResolvers<Snapshot>();
  readSnapshot.mockReturnValueOnce(slow.promise);
  const reading = feed.snapshot();
  expect((await feed.snapshot()).count).toBe(1);
  slow.resolve(takeSnapshot(9, [], 0));
  expect((await reading).count).toBe(9);
  expect(readSnapshot).toHaveBeenCalledTimes(2);
});

test('a read that hangs does not block later reads', async () => {
  const { feed, readSnapshot, pass } = setUp();
  await feed.snapshot();
  pass(500);
  readSnapshot.mockReturnValueOnce(new Promise(() => {}));
  void feed.snapshot();
  pass(2000);
  expect((await feed.snapshot()).count).toBe(2);
});

test('an event has the new page content and the data that the script needs', async () => {
  const event = await setUp().feed.event();
  expect(event).toMatch(/^event: snapshot\ndata: .*\n\n$/);
  const data = JSON.parse(event.slice(event.indexOf('data: ') + 'data: '.length)) as object;
  expect(data).toMatchObject({ html: expect.any(String), history: expect.any(Object), replicas: [] });
});

test('an unavailable database is reported, and retried only after two seconds', async () => {
  const { feed, readSnapshot, pass } = setUp();
  await feed.event();
  pass(500);
  readSnapshot.mockRejectedValue(new StoreUnavailableError('SELECT … at 10.0.0.9'));
  for (let times = 0; times < 5; times++) {
    const event = await feed.event();
    expect(event).toMatch(/^event: unavailable\ndata: {"message":"The database is not available.","html":"/);
    expect(event).toContain('What is shown below is from 00:16:40 UTC.');
    expect(event).not.toContain('10.0.0.9');
  }
  await expect(feed.snapshot()).rejects.toThrow(StoreUnavailableError);
  expect(readSnapshot).toHaveBeenCalledTimes(2);

  pass(2000);
  readSnapshot.mockResolvedValue(takeSnapshot(5, [], 0));
  expect(await feed.event()).toContain('event: snapshot');
});

test('what is shown during an outage is rendered once for all watchers', async () => {
  const { feed, readSnapshot, pass } = setUp();
  const snapshot = takeSnapshot(1, [], 0);
  const { replicas } = snapshot;
  const look = vi.fn(() => replicas);
  readSnapshot.mockResolvedValueOnce(Object.defineProperty(snapshot, 'replicas', { get: look }));
  await feed.event();
  pass(500);
  readSnapshot.mockRejectedValue(new StoreUnavailableError('away'));
  await feed.event();
  look.mockClear();
  for (let watcher = 0; watcher < 100; watcher++) expect(await feed.event()).toContain('"html"');
  expect(look).not.toHaveBeenCalled();
});

test('readers that arrive during the first read wait for it and start none', async () => {
  const { feed, readSnapshot } = setUp();
  const first = Promise.withResolvers<Snapshot>();
  readSnapshot.mockReturnValueOnce(first.promise);
  const watching = Array.from({ length: 200 }, () => feed.snapshot());
  first.resolve(takeSnapshot(9, [], 0));
  expect(new Set((await Promise.all(watching)).map(({ count }) => count))).toEqual(new Set([9]));
  expect(readSnapshot).toHaveBeenCalledTimes(1);
});

test('readers share one failed read when the database is unavailable', async () => {
  const { feed, readSnapshot } = setUp();
  readSnapshot.mockRejectedValue(new StoreUnavailableError('away'));
  const events = await Promise.all(Array.from({ length: 200 }, () => feed.event()));
  expect(new Set(events)).toEqual(
    new Set(['event: unavailable\ndata: {"message":"The database is not available."}\n\n']),
  );
  expect(readSnapshot).toHaveBeenCalledTimes(1);
});

test('during a retry after a failure, the snapshot stays unavailable', async () => {
  const { feed, readSnapshot, pass } = setUp();
  await feed.event();
  pass(500);
  readSnapshot.mockRejectedValueOnce(new StoreUnavailableError('away'));
  await feed.event();
  pass(2000);
  readSnapshot.mockReturnValueOnce(new Promise(() => {}));
  void feed.event();
  expect(await feed.event()).toContain('event: unavailable');
});
