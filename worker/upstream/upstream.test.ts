import { describe, expect, test } from 'vitest';
import { simulateUpstream } from '../../testkit/fronts/simulated-upstream.ts';
import type { Peer, PeerSelection } from './upstream.ts';

/** Returns the names of all peers that a request is sent to when each of them fails. */
function failAll(selection: PeerSelection): string {
  let names = '';
  for (let peer = selection.next(); peer; peer = selection.next()) {
    names += peer.sid;
    selection.finish(peer, 'failed');
  }
  return names;
}

describe('least_conn', () => {
  test.each([
    { lines: ['A', 'B', 'C'], order: 'ABCABCABC' },
    { lines: ['A weight=2', 'B', 'C'], order: 'ABCAABCAABCA' },
    { lines: ['A weight=5', 'B', 'C'], order: 'AABACAAAABACAA' },
    { lines: ['A down', 'B', 'C drain', 'D'], order: 'BDBDBD' },
  ])('without requests in flight it is smooth weighted round robin: $lines', ({ lines, order }) => {
    expect(simulateUpstream(...lines).askInTurn(order.length)).toBe(order);
  });

  test.each([
    { lines: ['A', 'B'], order: 'ABBAAB' },
    { lines: ['A weight=2', 'B'], order: 'ABABAAABA' },
    { lines: ['A weight=3', 'B weight=2', 'C'], order: 'ABCABABCAABA' },
    { lines: ['A max_conns=1', 'B max_conns=2'], order: 'ABB-' },
  ])('the one with the fewest requests for its weight is next: $lines', ({ lines, order }) => {
    expect(simulateUpstream(...lines).holdInTurn(order.length)).toBe(order);
  });

  test('requests with a cookie count, but do not change the order of requests without one', () => {
    const { ask, askInTurn, begin } = simulateUpstream('A', 'B', 'C');
    expect([ask(), ask('A'), ask(), ask('A'), ask(), ask('B')].join('')).toBe('AABACB');
    const { selection, peer } = begin('A');
    expect(askInTurn(6)).toBe('BCBCBC');
    selection.finish(peer as Peer, 'served');
    expect(askInTurn(6)).toBe('ABCABC');
  });

  test.each([
    { lines: ['A weight=2 fail_timeout=2s', 'B'], sid: undefined, order: 'BBABAABAABAA' },
    { lines: ['A weight=4 max_fails=2', 'B'], sid: 'A', order: 'AABAAAABAAAABAAAABAA' },
  ])('a failure lowers the weight, which is regained pick by pick: $lines', ({ lines, sid, order }) => {
    const { ask, askInTurn, clock } = simulateUpstream(...lines);
    expect(ask(sid, 'failed')).toBe('A');
    clock.nowMs = 3000;
    expect(askInTurn(order.length)).toBe(order);
  });
});

describe('a cookie', () => {
  test.each([
    { lines: ['A weight=9', 'B'], sid: 'B', got: 'B' },
    { lines: ['A weight=9', 'B drain'], sid: 'B', got: 'B' },
    { lines: ['A weight=9', 'B down'], sid: 'B', got: 'A' },
    { lines: ['A weight=9', 'B backup'], sid: 'B', got: 'A' },
    { lines: ['A down', 'B backup', 'C backup'], sid: 'C', got: 'C' },
    { lines: ['A weight=9', 'B'], sid: 'X', got: 'A' },
    { lines: ['A weight=9', 'B'], sid: 'b', got: 'A' },
    { lines: ['A weight=9', 'B'], sid: 'B.example:80', got: 'A' },
    { lines: ['A drain', 'B drain'], sid: 'X', got: '-' },
  ])('"$sid" comes to $got of $lines', ({ lines, sid, got }) => {
    expect(simulateUpstream(...lines).ask(sid)).toBe(got);
  });

  test.each([
    { lines: ['A', 'B', 'C', 'D'], sid: 'C', order: 'CABD' },
    { lines: ['A', 'B', 'C drain', 'D backup'], sid: 'C', order: 'CABD' },
    { lines: ['A', 'B', 'C backup', 'D backup'], sid: 'D', order: 'ABDC' },
    { lines: ['A max_fails=0', 'B max_fails=0'], sid: 'B', order: 'BA' },
    { lines: ['A down', 'B drain', 'C'], sid: 'A', order: 'C' },
    { lines: ['A'], sid: 'A', order: 'A' },
  ])('"$sid" is tried first, each other peer of $lines once', ({ lines, sid, order }) => {
    expect(failAll(simulateUpstream(...lines).select(sid))).toBe(order);
  });
});

describe('tries', () => {
  test.each([
    { lines: ['A', 'B', 'C'], sid: undefined, triesLeft: [3, 2, 1, 0] },
    { lines: ['A', 'B down', 'C backup'], sid: undefined, triesLeft: [2, 1, 0] },
    { lines: ['A', 'B drain'], sid: 'B', triesLeft: [1, 0, 0] },
    { lines: ['A drain', 'B drain'], sid: 'A', triesLeft: [0, 0] },
    { lines: ['A'], sid: undefined, triesLeft: [1, 0] },
  ])('with $lines each pick may use one up: $triesLeft', ({ lines, sid, triesLeft }) => {
    const selection = simulateUpstream(...lines).select(sid);
    const counts = [selection.triesLeft()];
    for (let peer = selection.next(); peer; peer = selection.next()) {
      selection.finish(peer, 'failed');
      counts.push(selection.triesLeft());
    }
    expect(counts).toEqual(triesLeft);
  });
});

describe('max_conns', () => {
  test('a full peer gets nothing, and being full is no failure', () => {
    const { ask, begin } = simulateUpstream('A max_conns=2', 'B');
    const [first] = [begin('A'), begin('A')];
    expect([ask('A'), ask('A'), ask()].join('')).toBe('BBB');
    first.selection.finish(first.peer as Peer, 'served');
    expect(ask('A')).toBe('A');
  });

  test.each(['served', 'failed'] as const)('a request that ended as %s frees its place', (outcome) => {
    const { ask, peers } = simulateUpstream('A max_conns=1 max_fails=0', 'B backup');
    expect([ask('A', outcome), ask('A', outcome)]).toEqual(['A', 'A']);
    expect(peers.map(({ conns }) => conns)).toEqual([0, 0]);
  });
});
