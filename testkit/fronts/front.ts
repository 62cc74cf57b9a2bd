export interface FrontOptions {
  /** The replicas, in the words of `ORIGINS`. */
  peers: readonly string[];
  connectTimeoutMs?: number;
  readTimeoutMs?: number;
  /** Whether the affinity cookie is `secure`. */
  cookieSecure?: boolean;
  /** Whom it believes about its clients, as `TRUST_PROXY` says it: nobody by default. */
  trustProxy?: string;
}

/** The same with all that every front needs. */
export type FrontSettings = Required<Omit<FrontOptions, 'trustProxy'>> & Pick<FrontOptions, 'trustProxy'>;

/** A balancer that listens. */
export interface Front {
  url: string;
  /** What it said so far. */
  logs: string[];
  close(): Promise<void>;
}
