/** Something Mooring is measured against, as it runs. */
export interface RunningPeer {
  /** Where it takes requests: `http://127.0.0.1:port`. */
  url: string;
  /** Its processes at this moment, those it started included; none on a system without `/proc`. */
  pids(): number[];
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

/** A replica as a balancer is told of it. */
export interface PeerReplica {
  /** `ip:port`. */
  address: string;
  sid: string;
}

/** A program that a peer needs is missing. */
export class MissingPeerError extends Error {
  override name = 'MissingPeerError';

  /**
   * @param program what is missing, as a reader knows it
   * @param packages those of Debian that bring it
   */
  constructor(program: string, packages: readonly string[]) {
    super(`${program} is not installed; on Debian or Ubuntu: apt-get install ${packages.join(' ')}`);
  }
}
