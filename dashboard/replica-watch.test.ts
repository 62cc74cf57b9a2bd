import { describe, expect, test } from 'vitest';
import { serverId } from '../app/affinity/server-id.ts';
import { FORGOTTEN_AFTER_MS } from '../app/replicas/registry.ts';
import { GONE_AFTER_MS, takeSnapshot } from '../app/replicas/snapshot.ts';
import type { LogEntry, LoggedRequest } from './log-entry.ts';
import { createReplicaWatch } from './replica-watch.ts';

const A = '10.0.0.4:5000';
const B = '10.0.0.5:5000';

const REQUEST: LoggedRequest = {
  client: '203.0.113.7',
  path: '/cart/1',
  status: 200,
  affinity: 'hit',
  durationMs: 12,
  answeredBy: A,
  count: 1,
};
const answered = (fields: Partial<LoggedRequest> = {}): LogEntry => {
  return { sender: 'nginx', request: { ...REQUEST, ...fields }, failedTries: [] };
};
const failed = (address: string, wasAnswered = false): LogEntry => {
  return { sender: 'nginx', failedTries: [{ address, wasAnswered, count: 1 }] };
};

/** A watch of two replicas that are listed every second. */
function setUp() {
  let timeMs = Date.UTC(2026, 0, 2, 3, 4, 5);
  let addresses: readonly string[] | undefined = [A, B];
  const createLatency = () => ({ record() {}, percentilesMs: () => null });
  const clock = () => timeMs;
  const watch = createReplicaWatch({ createLatency, nowMs: clock, monotonicMs: clock });
  watch.listed(addresses);
  const snapshot = () => takeSnapshot(undefined, watch.replicas(), timeMs, watch.unanswered());
  return {
    ...watch,
    snapshot,
    list(now: readonly string[] | undefined) {
      addresses = now;
    },
    pass(seconds: number) {
      for (let second = 0; second < seconds; second++) {
        timeMs += 1000;
        watch.listed(addresses);
      }
    },
    stateOf(address: string) {
      const found = snapshot().replicas.find((replica) => replica.address === address);
      return found && (found.isLost ? 'lost' : found.state);
    },
  };
}

describe('the state of a replica', () => {
  test('one that the name leads to is ready', () => {
    const { snapshot } = setUp();
    expect(snapshot().replicas).toMatchObject([
      { address: A, sid: serverId(A), state: 'ready', version: '' },
      { address: B, state: 'ready' },
    ]);
  });

  test.each([
    ['has stopped', [A], 'gone'],
    ['is ready, when the name cannot be looked up', undefined, 'ready'],
    ['has stopped, when no replica has the name', [], 'gone'],
  ])('one that the name no longer leads to %s', (_what, addresses, state) => {
    const { list, pass, stateOf } = setUp();
    list(addresses);
    pass(10);
    expect(stateOf(B)).toBe(state);
  });

  test('one that refused its last tries and then left has stopped, as one that drains does', () => {
    const { list, observe, pass, snapshot, stateOf } = setUp();
    observe(failed(B));
    observe(failed(B));
    list([A]);
    pass(5);
    expect(stateOf(B)).toBe('gone');
    expect(snapshot().incidents).toEqual([]);
  });

  test('one that was lost when it left is lost until it starts again', () => {
    const { list, observe, pass, snapshot, stateOf } = setUp();
    observe(failed(B));
    observe(failed(B));
    pass(GONE_AFTER_MS / 1000 + 1);
    list([A]);
    pass(5);
    expect(stateOf(B)).toBe('lost');
    expect(snapshot().incidents).toMatchObject([{ kind: 'lost', addresses: [B], untilMs: null }]);
    list([A, B]);
    pass(1);
    expect(stateOf(B)).toBe('ready');
    const [incident] = snapshot().incidents;
    expect(incident).toMatchObject({ kind: 'lost', addresses: [B] });
    expect((incident?.untilMs ?? 0) - (incident?.fromMs ?? 0)).toBe(9000);
  });

  test('one that hangs is lost when tries in a row got no answer, and ready with the next answer', () => {
    const { observe, pass, stateOf } = setUp();
    observe(failed(B));
    observe(failed(B));
    pass(GONE_AFTER_MS / 1000);
    expect(stateOf(B)).toBe('ready');
    pass(1);
    expect(stateOf(B)).toBe('lost');
    observe(answered({ answeredBy: B }));
    expect(stateOf(B)).toBe('ready');
  });

  test.each([
    ['one failed try', [failed(B)]],
    ['failed tries among answers', [failed(B), answered({ answeredBy: B }), failed(B)]],
    ['503 and another replica tried', [failed(B, true), failed(B, true), failed(B, true)]],
  ])('%s does not make it lost', (_what, entries) => {
    const { observe, pass, stateOf } = setUp();
    for (const entry of entries) observe(entry);
    pass(5);
    expect(stateOf(B)).toBe('ready');
  });

  test('nothing more is known half a minute after the last failed try: it is ready again', () => {
    const { observe, pass, snapshot, stateOf } = setUp();
    observe(failed(B));
    pass(3);
    observe(failed(B));
    pass(30);
    expect(stateOf(B)).toBe('lost');
    pass(1);
    expect(stateOf(B)).toBe('ready');
    expect(snapshot().incidents).toMatchObject([{ kind: 'lost', addresses: [B] }]);
  });

  test('failed tries that are far apart are not in a row', () => {
    const { observe, pass, stateOf } = setUp();
    observe(failed(B));
    pass(31);
    observe(failed(B));
    expect(stateOf(B)).toBe('ready');
    pass(5);
    expect(stateOf(B)).toBe('ready');
  });

  test('one that has stopped is forgotten after a while', () => {
    const { list, pass, stateOf } = setUp();
    list([A]);
    pass(FORGOTTEN_AFTER_MS / 1000);
    expect(stateOf(B)).toBe('gone');
    pass(1);
    expect(stateOf(B)).toBeUndefined();
  });
});

describe('the figures', () => {
  test('a request that two replicas were tried for counts once, and as an error of the one that failed', () => {
    const { observe, pass, snapshot } = setUp();
    observe({ sender: 'nginx', request: REQUEST, failedTries: [{ address: B, wasAnswered: false, count: 1 }] });
    pass(1);
    const { replicas, traffic, history } = snapshot();
    expect(replicas.map(({ figures: { requests, errors } }) => ({ requests, errors }))).toEqual([
      { requests: 1, errors: 0 },
      { requests: 1, errors: 1 },
    ]);
    expect(traffic).toMatchObject([{ route: '/cart', total: 1 }]);
    expect([history.verdicts.hit.at(-1), history.refused.at(-1)]).toEqual([1, 0]);
  });

  test('a request that no replica answered is an error of the cluster, and of no replica', () => {
    const { observe, pass, snapshot } = setUp();
    observe(answered({ answeredBy: undefined, affinity: undefined, status: 502 }));
    pass(1);
    const { replicas, traffic, history, requestsPerSecond } = snapshot();
    expect(replicas.map(({ figures: { requests } }) => requests)).toEqual([0, 0]);
    expect(traffic).toMatchObject([{ route: '/cart', total: 1, statuses: { '5xx': 1 } }]);
    expect(history.refused.at(-1)).toBe(1);
    expect(requestsPerSecond).toBeCloseTo(1 / 3);
  });

  test('clients are counted by their addresses, which appear nowhere', () => {
    const { observe, snapshot } = setUp();
    for (const client of ['203.0.113.7', '203.0.113.7', '203.0.113.8']) observe(answered({ client }));
    expect(snapshot().mooredClients).toBe(2);
    expect(JSON.stringify(snapshot())).not.toContain('203.0.113');
  });

  test('a line counts as many requests as it stands for', () => {
    const { observe, snapshot } = setUp();
    observe(answered({ count: 5 }));
    expect(snapshot().replicas[0]?.figures.requests).toBe(5);
  });

  test('whatever the lines say, a hundred replicas are known at most, and no request is lost', () => {
    const { observe, snapshot } = setUp();
    for (let index = 0; index < 1000; index++) observe(answered({ answeredBy: `10.1.${index % 256}.1:${index}` }));
    const { replicas, traffic } = snapshot();
    expect([replicas.length, traffic[0]?.total]).toEqual([100, 1000]);
  });

  test('paths such as /healthz and /assets belong to the app, and are counted', () => {
    const { observe, snapshot } = setUp();
    for (const path of ['/healthz', '/assets/x.js', '/dashboard']) observe(answered({ path }));
    expect(snapshot().traffic.map(({ route }) => route)).toEqual(['/assets', '/dashboard', '/healthz']);
  });
});
