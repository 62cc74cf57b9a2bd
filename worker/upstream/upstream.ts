import { createMonotonicClock } from '../../app/lib/monotonic-clock.ts';
import type { PeerConfig } from './parse-peers.ts';

/** A peer with the balancer's state. Times are whole seconds, as in Nginx. */
export interface Peer extends PeerConfig {
  /** Requests in flight. */
  conns: number;
  fails: number;
  /** Time of the last failure. */
  failedAt: number;
  /** Time of the last failure, or of the last request that was let through to see whether the peer is back. */
  checkedAt: number;
  /** State of the smooth weighted round robin. */
  currentWeight: number;
  /** `weight`, reduced by each failure. Each pick raises it by one again, up to `weight`. */
  effectiveWeight: number;
  /** It has served a request since it last failed, so a connection to it may be kept for the next request. */
  mayHaveKeptConnection: boolean;
}

/** The peers that one request tries, each once; the only peer twice at most. */
export interface PeerSelection {
  /**
   * Picks the next peer: the cookie's peer if it is available, else the one with the fewest requests for its weight.
   * The pick counts as one of the peer's requests until `finish`.
   *
   * @returns undefined when no peer can take the request
   */
  next(): Peer | undefined;
  /**
   * How many more peers Nginx would try (its `tries`), none when its time for that is over. A pick reduces this number when it is
   * finished, not before.
   */
  triesLeft(): number;
  /**
   * Lets the only peer be picked once more after a failure that may be due to a kept connection, which the peer has closed.
   * Nginx does so for each such connection; the worker does not learn which connection a request was sent on.
   *
   * @returns whether it will be
   */
  repeat(peer: Peer): boolean;
  /** Ends a pick. A failed one counts towards the peer's `max_fails`. */
  finish(peer: Peer, outcome: 'served' | 'failed'): void;
}

/** The peers and their state, shared by all requests. */
export interface Upstream {
  readonly peers: readonly Peer[];
  /** @param sid the server id in the client's cookie, undefined without one */
  select(sid: string | undefined): PeerSelection;
  /**
   * Replaces the list of peers. A peer with the same address and server id keeps its state. A removed peer gets no new
   * requests and finishes those in flight.
   */
  update(configs: readonly PeerConfig[]): void;
}

export interface UpstreamOptions {
  /** Most peers that a request is sent to, as `proxy_next_upstream_tries`. */
  maxTries?: number;
  /** How long after its selection began a request may go to another peer, as `proxy_next_upstream_timeout`. */
  triesTimeoutMs?: number;
  monotonicMs?: () => number;
}

/**
 * Selects peers as Nginx does with `least_conn` and `sticky cookie`. `server` in `ngx_http_upstream_module` describes
 * each parameter of a peer.
 */
export function createUpstream(configs: readonly PeerConfig[], options: UpstreamOptions = {}): Upstream {
  const {
    maxTries = Number.POSITIVE_INFINITY,
    triesTimeoutMs = Number.POSITIVE_INFINITY,
    monotonicMs = createMonotonicClock(),
  } = options;
  let peers: Peer[] = [];
  let primaries: Peer[] = [];
  let backups: Peer[] = [];
  // Nginx never marks the only server as unavailable.
  let isOnly = false;
  /** How many peers Nginx would try. */
  let usable = 0;
  const nowSeconds = () => Math.floor(monotonicMs() / 1000);

  function update(configs: readonly PeerConfig[]): void {
    const known = new Map(peers.map((peer) => [identity(peer), peer]));
    peers = configs.map((config) => {
      const peer = known.get(identity(config));
      return peer ? reconfigure(peer, config) : createPeer(config);
    });
    primaries = peers.filter(({ backup }) => !backup);
    backups = peers.filter(({ backup }) => backup);
    isOnly = peers.length === 1;
    usable = peers.filter(({ down, drain }) => !down && !drain).length;
  }

  function canServe(peer: Peer, tried: Set<Peer>): boolean {
    if (peer.down || tried.has(peer)) return false;
    if (peer.maxConns > 0 && peer.conns >= peer.maxConns) return false;
    const isUnavailable = peer.maxFails > 0 && peer.fails >= peer.maxFails && !isDue(peer);
    return isOnly || !isUnavailable;
  }

  /** Whether enough time has passed since the last failure to try the peer again. */
  function isDue(peer: Peer): boolean {
    return nowSeconds() - peer.checkedAt > peer.failTimeoutSeconds;
  }

  /** Returns the cookie's peer if it can serve, else the one with the fewest requests for its weight. */
  function pick(group: readonly Peer[], tried: Set<Peer>, sid: string | undefined): Peer | undefined {
    let least: Peer | undefined;
    let isTied = false;
    for (const peer of group) {
      if (!canServe(peer, tried)) continue;
      if (peer.sid === sid) return peer;
      if (peer.drain) continue;
      const order = least ? compareLoads(peer, least) : -1;
      if (order < 0) least = peer;
      isTied = order === 0 || (isTied && order > 0);
    }
    return least && isTied ? takeTurns(group, tried, least) : least;
  }

  /** Smooth weighted round robin among the peers with as many requests for their weight as this one. */
  function takeTurns(group: readonly Peer[], tried: Set<Peer>, least: Peer): Peer {
    let best = least;
    let total = 0;
    for (const peer of group) {
      if (peer.drain || !canServe(peer, tried) || compareLoads(peer, least) !== 0) continue;
      peer.currentWeight += peer.effectiveWeight;
      total += peer.effectiveWeight;
      if (peer.effectiveWeight < peer.weight) peer.effectiveWeight++;
      if (peer.currentWeight > best.currentWeight) best = peer;
    }
    best.currentWeight -= total;
    return best;
  }

  update(configs);
  return {
    get peers() {
      return peers;
    },
    update,
    select(sid) {
      const tried = new Set<Peer>();
      let group = primaries;
      // Peers may change during this request. Use their number at its start: one that is the only peer later is still tried.
      const beganWithOne = isOnly;
      let hasRepeated = false;
      let tries = Math.min(usable, maxTries);
      const startMs = monotonicMs();
      return {
        next() {
          let peer = pick(group, tried, sid);
          if (!peer && group !== backups) {
            group = backups;
            peer = pick(group, tried, sid);
          }
          if (!peer) return undefined;
          tried.add(peer);
          peer.conns++;
          // One request is let through to see whether the peer is back. The new time keeps other requests away for
          // another window.
          if (isDue(peer)) peer.checkedAt = nowSeconds();
          return peer;
        },
        triesLeft: () => (monotonicMs() - startMs < triesTimeoutMs ? tries : 0),
        repeat(peer) {
          if (!beganWithOne || hasRepeated || !peer.mayHaveKeptConnection) return false;
          hasRepeated = true;
          return tried.delete(peer);
        },
        finish(peer, outcome) {
          peer.conns--;
          peer.mayHaveKeptConnection = outcome === 'served';
          tries = beganWithOne ? 0 : Math.max(0, tries - 1);
          if (outcome === 'failed') fail(peer, nowSeconds());
          else if (peer.failedAt < peer.checkedAt) peer.fails = 0;
        },
      };
    },
  };
}

function createPeer(config: PeerConfig): Peer {
  return {
    ...config,
    conns: 0,
    fails: 0,
    failedAt: 0,
    checkedAt: 0,
    currentWeight: 0,
    effectiveWeight: config.weight,
    mayHaveKeptConnection: false,
  };
}

function reconfigure(peer: Peer, config: PeerConfig): Peer {
  const effectiveWeight = config.weight === peer.weight ? peer.effectiveWeight : config.weight;
  return Object.assign(peer, config, { effectiveWeight });
}

/** Two configurations with the same identity are the same peer, whatever their parameters. */
function identity({ url, sid }: PeerConfig): string {
  return `${url} ${sid}`;
}

function fail(peer: Peer, now: number): void {
  peer.fails++;
  peer.failedAt = now;
  peer.checkedAt = now;
  if (peer.maxFails === 0) return;
  peer.effectiveWeight = Math.max(0, peer.effectiveWeight - Math.floor(peer.weight / peer.maxFails));
}

/** Returns a negative number when `a` has fewer requests for its weight than `b`, 0 when it has as many. */
function compareLoads(a: Peer, b: Peer): number {
  return a.conns * b.weight - b.conns * a.weight;
}
