import { describe, expect, test } from 'vitest';
import { simulateUpstream } from '../../testkit/fronts/simulated-upstream.ts';
import { parsePeers } from './parse-peers.ts';
import { createUpstream, type Peer } from './upstream.ts';

test('B13: a request is repeated at the only peer once, whatever other requests do meanwhile', () => {
  const { select } = createUpstream(parsePeers('http://127.0.0.1:5001'));
  const serveAnother = () => {
    const other = select(undefined);
    other.finish(other.next() as Peer, 'served');
  };
  serveAnother();
  const request = select(undefined);
  const peer = request.next() as Peer;
  expect(request.repeat(peer)).toBe(true);
  request.finish(peer, 'failed');
  serveAnother();
  expect(request.next()).toBe(peer);
  expect(request.repeat(peer)).toBe(false);
});

describe('max_fails and fail_timeout', () => {
  test.each([
    { rule: 'two failures are enough', story: '0s A fails, 0s A fails, 0s B' },
    { rule: 'a success in the same window wipes out none', story: '0s A fails, 1s A, 2s A fails, 2s B' },
    { rule: 'failures add up over any time without a success', story: '0s A fails, 4s A fails, 4s B' },
    {
      rule: 'a success after the window wipes out all',
      story: '0s A fails, 3.5s A, 3.5s A fails, 3.5s A fails, 3.5s B',
    },
    { rule: 'one more, on trial, is enough', story: '0s A fails, 0s A fails, 3s A fails, 3s B, 5.999s B, 6s A' },
    { rule: 'a success on trial wipes out all', story: '0s A fails, 0s A fails, 3s A, 3s A fails, 3s A' },
  ])('of two allowed failures $rule: $story', ({ story }) => {
    const { ask, clock } = simulateUpstream('A max_fails=2 fail_timeout=2s', 'B');
    for (const step of story.split(', ')) {
      const [, atSeconds, name, fails] = step.match(/^([\d.]+)s (\w)( fails)?$/) as string[];
      clock.nowMs = Number(atSeconds) * 1000;
      expect(ask('A', fails ? 'failed' : 'served'), step).toBe(name);
    }
  });

  test.each([0, 50, 450, 970, 999])('time is counted in whole seconds: a failure %i ms after one', (failedAtMs) => {
    const { ask, clock } = simulateUpstream('A fail_timeout=2s', 'B');
    clock.nowMs = failedAtMs;
    expect(ask('A', 'failed')).toBe('A');
    clock.nowMs = 2999;
    expect(ask('A')).toBe('B');
    clock.nowMs = 3000;
    expect(ask('A')).toBe('A');
  });

  test('a peer that goes on failing is tried once a window', () => {
    const { ask, clock } = simulateUpstream('A fail_timeout=2s', 'B');
    const triedAtMs: number[] = [];
    for (clock.nowMs = 500; clock.nowMs < 10_000; clock.nowMs += 100) {
      if (ask('A', 'failed') === 'A') triedAtMs.push(clock.nowMs);
    }
    expect(triedAtMs).toEqual([500, 3000, 6000, 9000]);
  });

  test('one request is let through as a trial, and one more in each window that the trial takes', () => {
    const { ask, begin, clock } = simulateUpstream('A fail_timeout=2s', 'B');
    ask('A', 'failed');
    clock.nowMs = 3000;
    const trial = begin('A');
    expect(trial.name).toBe('A');
    expect([ask('A'), ask(), ask('A'), ask()].join('')).toBe('BBBB');
    clock.nowMs = 6000;
    expect([begin('A').name, begin('A').name].join('')).toBe('AB');
    trial.selection.finish(trial.peer as Peer, 'served');
    expect(ask('A')).toBe('A');
  });

  test.each(['A max_fails=0', 'A max_fails=0 weight=3'])('with "%s" no failure counts', (line) => {
    const { ask, peers } = simulateUpstream(line, 'B');
    for (let time = 0; time < 5; time++) expect(ask('A', 'failed')).toBe('A');
    expect(peers[0]?.effectiveWeight).toBe(peers[0]?.weight);
  });

  test.each([
    { lines: ['A'], got: 'A' },
    { lines: ['A', 'B down'], got: '-' },
    { lines: ['A', 'B backup'], got: 'B' },
    { lines: ['A', 'B drain'], got: '-' },
  ])('after a failure of A the next request comes to $got of $lines', ({ lines, got }) => {
    const { ask } = simulateUpstream(...lines);
    ask('A', 'failed');
    expect(ask('A')).toBe(got);
  });
});
