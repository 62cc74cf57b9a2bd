import { simulateUpstream } from '../../testkit/fronts/simulated-upstream.ts';
import { decide, isFailedTry, isRetryable } from '../../worker/balancer/retry.ts';
import type { Peer, PeerSelection } from '../../worker/upstream/upstream.ts';

/** Longer than any `fail_timeout` here. */
const STARTED_AT_MS = 1_000_000_000;

/** What a replica does with a request. */
export type Mode = 'answers 200' | 'answers 503' | 'is stopped';

/** A request that its replica has not answered yet. */
export interface OpenRequest {
  selection: PeerSelection;
  peer: Peer;
}

export interface ModelRequest {
  /** Name of the replica in the client's cookie. */
  sid: string | undefined;
  method: string;
  /** Whether a replica that answers 200 waits with its answer. */
  isHeld: boolean;
}

/** The algorithm of the balancers without connections. Its clock stands still. */
export interface Model {
  /** Plays a request. @returns what the client receives, or the request that is left open */
  play(request: ModelRequest): string | OpenRequest;
  passTime(ms: number): void;
}

/** @param modeOf what the replica with this name does */
export function createModel(lines: readonly string[], modeOf: (name: string) => Mode): Model {
  const { select, clock } = simulateUpstream(...lines);
  // Not at zero, where the clock of no balancer is: no peer has been checked yet.
  clock.nowMs = STARTED_AT_MS;

  function play({ sid, method, isHeld }: ModelRequest): string | OpenRequest {
    const selection = select(sid);
    let cookie = 'no cookie';
    for (let peer = selection.next(); peer; peer = selection.next()) {
      const tried = { isRetryable: isRetryable(method, { isReplayable: true }), isLast: selection.triesLeft() <= 1 };
      const mode = modeOf(peer.sid);
      if (mode === 'answers 200' && isHeld) return { selection, peer };
      cookie = `cookie of ${peer.sid}`;
      const isFailed = mode === 'is stopped' || (mode === 'answers 503' && isFailedTry(503, tried));
      selection.finish(peer, isFailed ? 'failed' : 'served');
      if (!isFailed) return `${mode.slice('answers '.length)} from ${peer.sid}, ${cookie}`;
      if (decide(mode !== 'is stopped', tried) !== 'retry') break;
    }
    return `502 from the front, ${cookie}`;
  }

  return {
    play,
    passTime(ms) {
      clock.nowMs += ms;
    },
  };
}
