import { parsePeers } from '../../worker/upstream/parse-peers.ts';
import { createUpstream, type Peer, type PeerWalk } from '../../worker/upstream/upstream.ts';

/** An upstream of peers whose lines begin with their names, which are their routes, too; its clock stands still. */
export function simulateUpstream(...lines: string[]) {
  const text = lines.map((line) => line.replace(/^\w+/, (name) => `http://${name}.example route=${name}`)).join('\n');
  const clock = { nowMs: 0 };
  const { peers, startWalk } = createUpstream(parsePeers(text), { monotonicMs: () => clock.nowMs });

  /** Begins a request at the peer that is chosen for it, and leaves it there. */
  function begin(sid?: string): { walk: PeerWalk; peer: Peer | undefined; name: string } {
    const walk = startWalk(sid);
    const peer = walk.next();
    return { walk, peer, name: peer?.sid ?? '-' };
  }

  /** Sends a request with one try, and tells who got it. */
  function ask(sid?: string, outcome: 'served' | 'failed' = 'served'): string {
    const { walk, peer, name } = begin(sid);
    if (peer) walk.finish(peer, outcome);
    return name;
  }

  const askInTurn = (times: number) => Array.from({ length: times }, () => ask()).join('');
  const holdInTurn = (times: number) => Array.from({ length: times }, () => begin().name).join('');
  return { peers, clock, startWalk, begin, ask, askInTurn, holdInTurn };
}
