import { parsePeers } from '../../worker/upstream/parse-peers.ts';
import { createUpstream, type Peer, type PeerSelection } from '../../worker/upstream/upstream.ts';

/** An upstream of peers whose lines begin with their names, which are their routes, too; its clock stands still. */
export function simulateUpstream(...lines: string[]) {
  const text = lines.map((line) => line.replace(/^\w+/, (name) => `http://${name}.example route=${name}`)).join('\n');
  const clock = { nowMs: 0 };
  const { peers, select } = createUpstream(parsePeers(text), { monotonicMs: () => clock.nowMs });

  /** Begins a request at the peer that is chosen for it, and leaves it there. */
  function begin(sid?: string): { selection: PeerSelection; peer: Peer | undefined; name: string } {
    const selection = select(sid);
    const peer = selection.next();
    return { selection, peer, name: peer?.sid ?? '-' };
  }

  /** Sends a request with one try, and tells who got it. */
  function ask(sid?: string, outcome: 'served' | 'failed' = 'served'): string {
    const { selection, peer, name } = begin(sid);
    if (peer) selection.finish(peer, outcome);
    return name;
  }

  const askInTurn = (times: number) => Array.from({ length: times }, () => ask()).join('');
  const holdInTurn = (times: number) => Array.from({ length: times }, () => begin().name).join('');
  return { peers, clock, select, begin, ask, askInTurn, holdInTurn };
}
