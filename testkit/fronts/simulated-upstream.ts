import { parsePeers } from '../../worker/upstream/parse-peers.ts';
import { createUpstream, type Peer, type PeerSelection } from '../../worker/upstream/upstream.ts';

/** Creates an upstream from lines that begin with the peer's name, which is its route, too. Its clock stands still. */
export function simulateUpstream(...lines: string[]) {
  const text = lines.map((line) => line.replace(/^\w+/, (name) => `http://${name}.example route=${name}`)).join('\n');
  const clock = { nowMs: 0 };
  const { peers, select } = createUpstream(parsePeers(text), { monotonicMs: () => clock.nowMs });

  /** Starts a request at the selected peer and leaves it in flight. */
  function begin(sid?: string): { selection: PeerSelection; peer: Peer | undefined; name: string } {
    const selection = select(sid);
    const peer = selection.next();
    return { selection, peer, name: peer?.sid ?? '-' };
  }

  /** Sends a request with one try and returns the name of the peer that got it. */
  function ask(sid?: string, outcome: 'served' | 'failed' = 'served'): string {
    const { selection, peer, name } = begin(sid);
    if (peer) selection.finish(peer, outcome);
    return name;
  }

  const askInTurn = (times: number) => Array.from({ length: times }, () => ask()).join('');
  const holdInTurn = (times: number) => Array.from({ length: times }, () => begin().name).join('');
  return { peers, clock, select, begin, ask, askInTurn, holdInTurn };
}
