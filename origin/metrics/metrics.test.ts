import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { CommitInDoubtError, StoreUnavailableError } from '../../app/lib/store-errors.ts';
import { VERSION } from '../../app/lib/version.ts';
import type { RegisteredReplica, ReplicaRegistry } from '../../app/replicas/registry.ts';
import { VisitQueueFullError } from '../../app/visits/errors.ts';
import type { VisitStore } from '../../app/visits/visit.ts';
import { readMetrics, type Sample } from '../../testkit/http/metrics.ts';
import { visit, visits } from '../../testkit/http/visits.ts';
import { report } from '../../testkit/replicas/reports.ts';
import { createMetrics, type Metrics } from './metrics.ts';

/** A store that returns numbers or fails with an error, as the test sets it. */
function storeThat(outcome: Error | undefined): VisitStore {
  const run = async <T>(value: T): Promise<T> => {
    if (outcome) throw outcome;
    return value;
  };
  return {
    commit: (visits) => run(visits.map((_, index) => index + 1)),
    count: () => run(7),
    checkWritable: () => run(undefined),
    purge: () => run(0),
    close: async () => {},
  };
}

function tableThat(outcome: Error | undefined, seen: RegisteredReplica[] = []): ReplicaRegistry {
  const run = async <T>(value: T): Promise<T> => {
    if (outcome) throw outcome;
    return value;
  };
  return { report: () => run(undefined), list: () => run(seen), forget: () => run(undefined) };
}

async function samples({ expose }: Metrics, name: string): Promise<Sample[]> {
  return readMetrics((await expose({ openMetrics: false })).text).filter((sample) => sample.name === name);
}

/** Returns the value of the one sample with these labels. */
async function value(metrics: Metrics, name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
  const found = (await samples(metrics, name)).filter((sample) =>
    Object.entries(labels).every(([label, wanted]) => sample.labels[label] === wanted),
  );
  expect(found.length).toBeLessThan(2);
  return found[0]?.value;
}

describe('requests', () => {
  const client = { id: 'c'.repeat(24), address: '203.0.113.77', hasLetGo: false };
  const request = { route: '/', method: 'GET', status: 200, affinity: 'hit', durationMs: 3, client } as const;

  test('are counted by route, method, status and verdict, and timed in seconds', async () => {
    const metrics = createMetrics();
    metrics.observe(request);
    metrics.observe({ ...request, durationMs: 30 });
    metrics.observe({ ...request, route: '*', method: 'POST', status: 404, affinity: 'new' });
    for (const method of ['PROPFIND', 'chosen-by-a-client']) metrics.observe({ ...request, route: '*', method });
    const count = (labels: Record<string, string>) => value(metrics, 'mooring_requests_total', labels);
    expect(await count({ route: '/', method: 'GET', status: '200', affinity: 'hit' })).toBe(2);
    expect(await count({ route: '*', method: 'POST', status: '404', affinity: 'new' })).toBe(1);
    expect(await count({ route: '*', method: 'other' })).toBe(2);

    const visit = { route: '/', method: 'GET', status_class: '2xx' };
    const bucket = (le: string) => value(metrics, 'mooring_request_duration_seconds_bucket', { ...visit, le });
    expect([await bucket('0.0025'), await bucket('0.005'), await bucket('0.05')]).toEqual([0, 1, 2]);
    expect(await value(metrics, 'mooring_request_duration_seconds_sum', visit)).toBeCloseTo(0.033);
  });

  test('have no labels but route, method, status and verdict: no data of visit or client', async () => {
    const metrics = createMetrics();
    const ofTheVisit = { number: 1, timeMs: 2, requestId: 'chosen-by-a-client' };
    metrics.observe({ ...request, visit: ofTheVisit });
    const { text } = await metrics.expose({ openMetrics: false });
    expect(text).not.toContain('chosen-by-a-client');
    expect(text).not.toContain(client.id);
    expect(text).not.toContain(client.address);
    const names = (await samples(metrics, 'mooring_requests_total')).flatMap(({ labels }) => Object.keys(labels));
    expect(new Set(names)).toEqual(new Set(['route', 'method', 'status', 'affinity']));
  });

  test('to / start at zero, so that a rate sees the first 503 and the first client that moves', async () => {
    const metrics = createMetrics();
    for (const status of ['200', '503']) {
      for (const affinity of ['new', 'hit', 'moved', 'invalid']) {
        expect(await value(metrics, 'mooring_requests_total', { route: '/', status, affinity })).toBe(0);
      }
    }
  });
});

describe('visits', () => {
  test('that are committed are counted, by transaction', async () => {
    const metrics = createMetrics();
    const { store } = metrics.watchDatabase({ store: storeThat(undefined), replicas: tableThat(undefined) });
    expect(await store.commit(visits('a', 'b', 'c'))).toEqual([1, 2, 3]);
    await store.commit(visits('d'));
    expect(await value(metrics, 'mooring_visits_committed_total')).toBe(4);
    expect(await value(metrics, 'mooring_commit_visits_count')).toBe(2);
    expect(await value(metrics, 'mooring_commit_visits_sum')).toBe(4);
    expect(await value(metrics, 'mooring_commit_duration_seconds_count')).toBe(2);
  });

  test("whose commit fails are not counted, but the commit's duration is", async () => {
    const metrics = createMetrics();
    const failing = storeThat(new StoreUnavailableError());
    const { store } = metrics.watchDatabase({ store: failing, replicas: tableThat(undefined) });
    await expect(store.commit(visits('a'))).rejects.toThrow(StoreUnavailableError);
    expect(await value(metrics, 'mooring_visits_committed_total')).toBe(0);
    expect(await value(metrics, 'mooring_commit_visits_count')).toBe(0);
    expect(await value(metrics, 'mooring_commit_duration_seconds_count')).toBe(1);
  });

  test.each([
    ['queue_full', new VisitQueueFullError(1)],
    ['database', new StoreUnavailableError()],
    ['database', new CommitInDoubtError()],
  ])('that are rejected are counted: %s', async (reason, error) => {
    const metrics = createMetrics();
    const record = metrics.watchRecord(() => Promise.reject(error));
    await expect(record(visit('a'))).rejects.toBe(error);
    const rejected = await samples(metrics, 'mooring_visits_rejected_total');
    expect(Object.fromEntries(rejected.map((sample) => [sample.labels.reason, sample.value]))).toEqual({
      queue_full: 0,
      database: 0,
      [reason]: 1,
    });
  });

  test('keep their number when they are counted', async () => {
    const record = createMetrics().watchRecord(async () => 5);
    expect(await record(visit('a'))).toBe(5);
  });
});

describe('the database', () => {
  test.each([
    ['in_doubt', new CommitInDoubtError()],
    ['unavailable', new StoreUnavailableError()],
    ['other', new TypeError()],
  ])('an error is counted by operation and kind: %s', async (kind, error) => {
    const metrics = createMetrics();
    const { store, replicas } = metrics.watchDatabase({ store: storeThat(error), replicas: tableThat(error) });
    const asked = {
      commit: () => store.commit(visits('a')),
      count: store.count,
      purge: () => store.purge({ ageMs: 0, upTo: 0, limit: 1 }),
      report: () => replicas.report(report('10.0.0.5')),
      list: replicas.list,
      forget: replicas.forget,
    };
    for (const [operation, ask] of Object.entries(asked)) {
      await expect(ask()).rejects.toBe(error);
      expect(await value(metrics, 'mooring_database_errors_total', { operation, kind })).toBe(1);
    }
    const counted = await samples(metrics, 'mooring_database_errors_total');
    expect(counted.reduce((sum, sample) => sum + sample.value, 0)).toBe(Object.keys(asked).length);
  });

  test('of several servers, the one that is used is 1 and the others are 0, as long as one is known', async () => {
    const metrics = createMetrics();
    let primary: string | undefined = 'b:3306';
    metrics.watchServers({ names: ['a:3306', 'b:3306'], primary: () => primary });
    const values = async () => (await samples(metrics, 'mooring_database_primary')).map((sample) => sample.value);
    expect(await values()).toEqual([0, 1]);
    primary = undefined;
    expect(await values()).toEqual([0, 0]);
    expect(await samples(createMetrics(), 'mooring_database_primary')).toEqual([]);
  });

  test('its results pass unchanged', async () => {
    const { store, replicas } = createMetrics().watchDatabase({
      store: storeThat(undefined),
      replicas: tableThat(undefined, []),
    });
    expect([await store.count(), await store.purge({ ageMs: 0, upTo: 0, limit: 1 }), await replicas.list()]).toEqual([
      7,
      0,
      [],
    ]);
  });
});

describe('a replica', () => {
  function watch(replica: { isDraining?: boolean; isReporting?: boolean; replicas?: ReplicaRegistry } = {}): Metrics {
    const metrics = createMetrics();
    metrics.watchReplica({
      visits: { queued: () => 3, unfinished: () => 5 },
      queueLimit: 10,
      isDraining: () => replica.isDraining ?? false,
      isReporting: () => replica.isReporting ?? true,
      replicas: replica.replicas ?? tableThat(undefined),
    });
    return metrics;
  }

  test('exports its queue and its version', async () => {
    const metrics = watch();
    const names = ['mooring_visit_queue_depth', 'mooring_visit_queue_limit', 'mooring_visits_in_flight'];
    expect(await Promise.all(names.map((name) => value(metrics, name)))).toEqual([3, 10, 5]);
    // The old name, for one release.
    expect(await value(metrics, 'mooring_visits_unfinished')).toBe(5);
    expect(await value(metrics, 'mooring_build_info', { version: VERSION })).toBe(1);
  });

  test.each([
    ['that is healthy', { isDraining: false, isReporting: true }, [1, 0, 1]],
    ['that drains', { isDraining: true, isReporting: true }, [0, 1, 1]],
    ['without its database', { isDraining: false, isReporting: false }, [0, 0, 0]],
  ])('%s is exported as such', async (_how, replica, expected) => {
    const metrics = watch(replica);
    const names = ['mooring_ready', 'mooring_draining', 'mooring_database_up'];
    expect(await Promise.all(names.map((name) => value(metrics, name)))).toEqual(expected);
  });

  test('counts the replicas by state: one that stopped cleanly is gone, one without a last report is lost', async () => {
    const seen: RegisteredReplica[] = [
      { ...report('10.0.0.1'), seenMsAgo: 100 },
      { ...report('10.0.0.2'), seenMsAgo: 1900 },
      { ...report('10.0.0.3', { state: 'draining' }), seenMsAgo: 100 },
      { ...report('10.0.0.4', { state: 'stopped' }), seenMsAgo: 60_000 },
      { ...report('10.0.0.5'), seenMsAgo: 60_000 },
      { ...report('10.0.0.6', { state: 'draining' }), seenMsAgo: 60_000 },
    ];
    const states = await samples(watch({ replicas: tableThat(undefined, seen) }), 'mooring_replicas');
    expect(Object.fromEntries(states.map((sample) => [sample.labels.state, sample.value]))).toEqual({
      ready: 2,
      draining: 1,
      gone: 1,
      lost: 2,
    });
  });

  test('exports nothing about others while the database does not answer', async () => {
    expect(await samples(watch({ replicas: tableThat(new StoreUnavailableError()) }), 'mooring_replicas')).toEqual([]);
  });

  describe('reads the other replicas', () => {
    /** Returns metrics with this list of replicas, on a clock that stands still until the test moves it. */
    function watchList(list: ReplicaRegistry['list']) {
      vi.useFakeTimers();
      onTestFinished(() => void vi.useRealTimers());
      const spy = vi.fn(list);
      return { metrics: watch({ replicas: { ...tableThat(undefined), list: spy } }), list: spy };
    }

    test('for 500 ms at most, and exports nothing about them when that was too short', async () => {
      const { metrics } = watchList(() => new Promise(() => {}));
      const scrape = metrics.expose({ openMetrics: false });
      await vi.advanceTimersByTimeAsync(500);
      const exported = readMetrics((await scrape).text).map((sample) => sample.name);
      expect(exported).toContain('mooring_ready');
      expect(exported).not.toContain('mooring_replicas');
    });

    test('again a second after a failed read, not sooner', async () => {
      const { metrics, list } = watchList(() => Promise.reject(new StoreUnavailableError()));
      await samples(metrics, 'mooring_replicas');
      await vi.advanceTimersByTimeAsync(999);
      await samples(metrics, 'mooring_replicas');
      expect(list).toHaveBeenCalledTimes(1);
      await vi.advanceTimersByTimeAsync(1);
      await samples(metrics, 'mooring_replicas');
      expect(list).toHaveBeenCalledTimes(2);
    });

    test('again once a read that hangs counts as lost, so that no scrape waits for it forever', async () => {
      const { metrics, list } = watchList(() => new Promise(() => {}));
      const scrape = async () => {
        const exposed = metrics.expose({ openMetrics: false });
        await vi.advanceTimersByTimeAsync(500);
        await exposed;
      };
      await scrape();
      await scrape();
      expect(list).toHaveBeenCalledTimes(1);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(list).toHaveBeenCalledTimes(2);
      expect(vi.getTimerCount()).toBe(0);
    });
  });
});

test('both formats have the same values, also in turn; only OpenMetrics removes _total from family names', async () => {
  const metrics = createMetrics();
  const forms = [false, true, false].map((openMetrics) => metrics.expose({ openMetrics }));
  const [text, open, textAgain] = (await Promise.all(forms)).map((exposition) => exposition.text) as [
    string,
    string,
    string,
  ];
  const counters = (exposition: string) => exposition.match(/^# TYPE \w+ counter$/gm)?.sort();
  expect(counters(text)).toContain('# TYPE mooring_requests_total counter');
  expect(counters(textAgain)).toEqual(counters(text));
  expect(counters(open)).toEqual(counters(text)?.map((line) => line.replace('_total counter', ' counter')));
  expect(open).toMatch(/\n# EOF\n$/);
  const names = (exposition: string) => readMetrics(exposition).map((sample) => sample.name);
  expect(names(open).filter((name) => name.startsWith('mooring_'))).toEqual(
    names(text).filter((name) => name.startsWith('mooring_')),
  );
});

test('its process has metrics, too', async () => {
  const metrics = createMetrics();
  for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds'])
    expect(await value(metrics, name)).toEqual(expect.any(Number));
});
