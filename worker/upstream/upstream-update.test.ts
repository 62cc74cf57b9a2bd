import { describe, expect, test } from 'vitest';
import { parsePeers } from './parse-peers.ts';
import { createUpstream, type Peer, type PeerSelection } from './upstream.ts';

/** Returns peers from lines that begin with the peer's name, which is its route, too. */
function peersOf(...lines: string[]) {
  return parsePeers(
    lines.map((line) => line.replace(/^\w+/, (name) => `http://${name}.example route=${name}`)).join('\n'),
  );
}

function setUp(...lines: string[]) {
  const upstream = createUpstream(peersOf(...lines), { monotonicMs: () => 0 });
  const update = (...after: string[]) => upstream.update(peersOf(...after));

  function begin(sid?: string): { selection: PeerSelection; peer: Peer } {
    const selection = upstream.select(sid);
    return { selection, peer: selection.next() as Peer };
  }

  function ask(sid?: string, outcome: 'served' | 'failed' = 'served'): string {
    const selection = upstream.select(sid);
    const peer = selection.next();
    if (peer) selection.finish(peer, outcome);
    return peer?.sid ?? '-';
  }

  return { upstream, update, begin, ask };
}

describe('an update of the peers', () => {
  test('A9: clients of a peer that stays do not move, clients of a removed peer are balanced as new', () => {
    const { update, ask } = setUp('A', 'B', 'C');
    update('D', 'C', 'A');
    expect([ask('A'), ask('C'), ask('D')]).toEqual(['A', 'C', 'D']);
    expect(ask('B')).not.toBe('B');
  });

  test('a peer that stays keeps its requests', () => {
    const { update, ask, begin } = setUp('A', 'B');
    const first = begin();
    expect(first.peer.sid).toBe('A');
    update('A', 'B', 'C');
    expect([ask(), ask(), ask()]).not.toContain('A');
    first.selection.finish(first.peer, 'served');
    expect([ask(), ask(), ask()]).toContain('A');
  });

  test('a peer that stays keeps its failures', () => {
    const { update, ask } = setUp('A max_fails=2', 'B');
    ask('A', 'failed');
    update('A max_fails=2', 'B', 'C');
    expect(ask('A', 'failed')).toBe('A');
    expect(ask('A')).not.toBe('A');
  });

  test('a peer that stays keeps its turn, whatever the order of the list', () => {
    const { update, ask } = setUp('A', 'B', 'C');
    expect([ask(), ask()]).toEqual(['A', 'B']);
    update('A', 'B', 'C');
    expect([ask(), ask()]).toEqual(['C', 'A']);
  });

  test('a peer that stays uses its new parameters', () => {
    const { update, ask } = setUp('A', 'B');
    update('A down', 'B');
    expect([ask('A'), ask(), ask()]).toEqual(['B', 'B', 'B']);
    update('A drain', 'B');
    expect([ask('A'), ask(), ask()]).toEqual(['A', 'B', 'B']);
    update('A weight=3', 'B');
    expect([ask(), ask(), ask(), ask()].filter((name) => name === 'A')).toHaveLength(3);
  });

  test('A9: a request whose peer fails and is removed goes on to the only other peer', () => {
    const { update, begin } = setUp('A', 'B');
    const { selection, peer } = begin();
    update('B');
    selection.finish(peer, 'failed');
    expect(selection.triesLeft()).toBe(1);
    expect(selection.next()?.sid).toBe('B');
  });

  test('a peer that comes back is a new one', () => {
    const { upstream, update, ask } = setUp('A', 'B');
    ask('A', 'failed');
    expect(ask('A')).toBe('B');
    update('B');
    update('A', 'B');
    expect(ask('A')).toBe('A');
    expect(upstream.peers.map(({ sid, fails }) => [sid, fails])).toEqual([
      ['A', 0],
      ['B', 0],
    ]);
  });

  test('a request in flight at a removed peer finishes there, or goes on to the new peers', () => {
    const { upstream, update, begin } = setUp('A', 'B');
    const [served, failed] = [begin('A'), begin('A')];
    update('C', 'D');
    served.selection.finish(served.peer, 'served');
    failed.selection.finish(failed.peer, 'failed');
    expect(served.peer.conns).toBe(0);
    expect(upstream.peers.map(({ conns }) => conns)).toEqual([0, 0]);
    expect(failed.selection.triesLeft()).toBe(1);
  });

  test('the only peer left is never marked unavailable, one of two is', () => {
    const { update, ask } = setUp('A', 'B');
    update('A');
    expect([ask('A', 'failed'), ask('A', 'failed')]).toEqual(['A', 'A']);
    update('A', 'B');
    expect(ask('A')).toBe('B');
  });
});
