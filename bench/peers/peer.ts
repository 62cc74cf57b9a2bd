/** A running competitor of Mooring, or its replicas. */
export interface RunningPeer {
  /** `http://127.0.0.1:port`. */
  url: string;
  /** Returns the ids of its processes, including those it has started. Empty on a system without `/proc`. */
  pids(): number[];
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

/** A replica, as it is described to a balancer. */
export interface PeerReplica {
  /** `ip:port`. */
  address: string;
  sid: string;
}

/** A program that a competitor needs is missing. */
export class MissingPeerError extends Error {
  override name = 'MissingPeerError';

  /**
   * @param program name of what is missing
   * @param packages the Debian packages that contain it
   */
  constructor(program: string, packages: readonly string[]) {
    super(`${program} is not installed; on Debian or Ubuntu: apt-get install ${packages.join(' ')}`);
  }
}
