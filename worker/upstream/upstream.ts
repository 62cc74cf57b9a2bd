import { createMonotonicClock } from '../../app/lib/monotonic-clock.ts';
import type { PeerConfig } from './parse-peers.ts';

/** A peer with what the balancer knows of it. Times are whole seconds, as Nginx counts them. */
export interface Peer extends PeerConfig {
  /** Requests it is working on. */
  conns: number;
  /** Failures that count against `maxFails`. */
  fails: number;
  /** When it failed last. */
  failedAt: number;
  /** When it failed last or was last given a chance to prove itself. */
  checkedAt: number;
  /** State of the smooth weighted round robin. */
  currentWeight: number;
  /** `weight`, lowered by failures and regained pick by pick. */
  effectiveWeight: number;
}

/** One request's way through the peers: each is picked at most once. */
export interface PeerSelection {
  /**
   * Picks the peer to try next: the cookie's own while it can, else the one with the fewest requests for its weight. The
   * pick counts as one of its requests until `finish`.
   *
   * @returns undefined when no peer can take the request
   */
  next(): Peer | undefined;
  /** How many more peers Nginx would try: its `tries`. A pick takes one up when it is finished, not before. */
  triesLeft(): number;
  /** Ends a pick. A failed one counts against the peer's `max_fails`. */
  finish(peer: Peer, outcome: 'served' | 'failed'): void;
}

/** The peers and their state; shared by all requests. */
export interface Upstream {
  /** The peers as they are now. */
  readonly peers: readonly Peer[];
  /** @param sid what the client's cookie says, undefined without one */
  select(sid: string | undefined): PeerSelection;
  /**
   * Goes on with other peers. One that stays, by its address and its server id, keeps its state; one that is gone gets no
   * new request and finishes those it has.
   */
  update(configs: readonly PeerConfig[]): void;
}

export interface UpstreamOptions {
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/**
 * Builds the balancer's choice as Nginx makes it with `least_conn` and `sticky cookie`: see `ngx_http_upstream_module`'s
 * `server` for what each parameter of a peer does.
 */
export function createUpstream(configs: readonly PeerConfig[], options: UpstreamOptions = {}): Upstream {
  const { monotonicMs = createMonotonicClock() } = options;
  let peers: Peer[] = [];
  let primaries: Peer[] = [];
  let backups: Peer[] = [];
  // Nginx never gives up on the only server there is.
  let isOnly = false;
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
  }

  function canServe(peer: Peer, tried: Set<Peer>): boolean {
    if (peer.down || tried.has(peer)) return false;
    if (peer.maxConns > 0 && peer.conns >= peer.maxConns) return false;
    const isUnavailable = peer.maxFails > 0 && peer.fails >= peer.maxFails && !isDue(peer);
    return isOnly || !isUnavailable;
  }

  /** Whether so much time has passed that its failures no longer keep it out. */
  function isDue(peer: Peer): boolean {
    return nowSeconds() - peer.checkedAt > peer.failTimeoutSeconds;
  }

  function pick(group: Peer[], tried: Set<Peer>, sid: string | undefined): Peer | undefined {
    const able = group.filter((peer) => canServe(peer, tried));
    return able.find((peer) => peer.sid === sid) ?? leastConn(able.filter(({ drain }) => !drain));
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
      let tries = peers.filter(({ down, drain }) => !down && !drain).length;
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
          // One request is let through to see whether the peer is back; until it ends, the others find it checked.
          if (isDue(peer)) peer.checkedAt = nowSeconds();
          return peer;
        },
        triesLeft: () => tries,
        finish(peer, outcome) {
          peer.conns--;
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
  };
}

function reconfigure(peer: Peer, config: PeerConfig): Peer {
  const effectiveWeight = config.weight === peer.weight ? peer.effectiveWeight : config.weight;
  return Object.assign(peer, config, { effectiveWeight });
}

/** What makes two configurations the same peer, whatever else they say. */
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

/** The peers with the fewest requests for their weight, and among several of them smooth weighted round robin. */
function leastConn(able: Peer[]): Peer | undefined {
  const least = Math.min(...able.map(({ conns, weight }) => conns / weight));
  const tied = able.filter(({ conns, weight }) => conns / weight === least);
  if (tied.length < 2) return tied[0];

  let total = 0;
  for (const peer of tied) {
    peer.currentWeight += peer.effectiveWeight;
    total += peer.effectiveWeight;
    if (peer.effectiveWeight < peer.weight) peer.effectiveWeight++;
  }
  const best = tied.reduce((a, b) => (b.currentWeight > a.currentWeight ? b : a));
  best.currentWeight -= total;
  return best;
}
