import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PeerConfig } from './parse-peers.ts';
import { createUpstream, type Peer, type PeerSelection } from './upstream.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'];

const peerConfigs: fc.Arbitrary<PeerConfig[]> = fc
  .array(
    fc.record({
      weight: fc.integer({ min: 1, max: 5 }),
      maxFails: fc.nat(3),
      failTimeoutSeconds: fc.nat(5),
      maxConns: fc.nat(3),
      backup: fc.boolean(),
      down: fc.boolean(),
      drain: fc.boolean(),
    }),
    { minLength: 1, maxLength: NAMES.length },
  )
  .map((peers) =>
    peers.map((peer, nth) => {
      const sid = NAMES[nth] as string;
      return { ...peer, sid, url: `http://${sid}.example`, address: `${sid}.example:80` };
    }),
  );

/** An event: a request starts, a request goes on to its next peer, a request ends, or time passes. */
const events = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('begin' as const),
      sid: fc.option(fc.constantFrom(...NAMES, 'x'), { nil: undefined }),
    }),
    fc.record({ kind: fc.constant('failed' as const), which: fc.nat(20) }),
    fc.record({ kind: fc.constant('served' as const), which: fc.nat(20) }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(8000) }),
  ),
  { maxLength: 60 },
);

test('A3 to A8: no peer is picked that is down, full or tried already, none that drains gets a new client, and all counts return to 0', () => {
  fc.assert(
    fc.property(peerConfigs, events, (configs, story) => {
      let nowMs = 0;
      const upstream = createUpstream(configs, { monotonicMs: () => nowMs });
      const open: { selection: PeerSelection; peer: Peer; sid: string | undefined; tried: Set<Peer> }[] = [];

      function pick(selection: PeerSelection, sid: string | undefined, tried: Set<Peer>): void {
        const before = new Map(upstream.peers.map((peer) => [peer, peer.conns]));
        const peer = selection.next();
        if (!peer) return;
        expect(upstream.peers).toContain(peer);
        expect(peer.down).toBe(false);
        expect(tried.has(peer)).toBe(false);
        if (peer.maxConns > 0) expect(peer.conns).toBeLessThanOrEqual(peer.maxConns);
        if (peer.drain) expect(peer.sid).toBe(sid);
        expect(peer.conns).toBe((before.get(peer) as number) + 1);
        open.push({ selection, peer, sid, tried: new Set([...tried, peer]) });
      }

      for (const event of story) {
        if (event.kind === 'wait') nowMs += event.ms;
        else if (event.kind === 'begin') pick(upstream.select(event.sid), event.sid, new Set());
        else {
          const [ended] = open.splice(event.which % Math.max(1, open.length), 1);
          if (!ended) continue;
          ended.selection.finish(ended.peer, event.kind);
          if (event.kind === 'failed') pick(ended.selection, ended.sid, ended.tried);
        }
        for (const peer of upstream.peers) {
          expect(peer.conns).toBe(open.filter((request) => request.peer === peer).length);
          expect(peer.effectiveWeight).toBeGreaterThanOrEqual(0);
          expect(peer.effectiveWeight).toBeLessThanOrEqual(peer.weight);
        }
      }
      for (const { selection, peer } of open) selection.finish(peer, 'served');
      expect(upstream.peers.map(({ conns }) => conns)).toEqual(configs.map(() => 0));
    }),
    { numRuns: 500 },
  );
});

test('A4: a cookie leads to its peer while it is available, however busy it is', () => {
  fc.assert(
    fc.property(peerConfigs, fc.constantFrom(...NAMES), fc.nat(30), (configs, sid, busy) => {
      const upstream = createUpstream(configs, { monotonicMs: () => 0 });
      const own = upstream.peers.find((peer) => peer.sid === sid);
      fc.pre(own !== undefined && !own.down && !own.backup && own.maxConns === 0);
      for (let request = 0; request < busy; request++) upstream.select(sid).next();
      expect(upstream.select(sid).next()).toBe(own);
    }),
  );
});
