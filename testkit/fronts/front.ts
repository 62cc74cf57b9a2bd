import type { limitSettings } from '../../worker/limit-settings.ts';

/** The balancers that keep the affinity contract. */
export type FrontKind = 'worker' | 'nginx';

/** The fronts that the affinity suite knows: the balancers, and the edge worker in Miniflare, which `wrangler dev` uses. */
export type SuiteFrontKind = FrontKind | 'miniflare';

export interface FrontOptions {
  /** The replicas, in the format of `ORIGINS`. */
  peers: readonly string[];
  connectTimeoutMs?: number;
  readTimeoutMs?: number;
  /** Whether the affinity cookie is `Secure`. */
  cookieSecure?: boolean;
  /** Which proxies it trusts, in the format of `TRUST_PROXY`; none by default. */
  trustProxy?: string;
  /** The limits that all fronts have by the same names: `worker/limit-settings.ts`. */
  limits?: Partial<Record<keyof typeof limitSettings, string>>;
}

/** The same options with the defaults filled in. */
export type FrontSettings = Required<Omit<FrontOptions, 'trustProxy' | 'limits'>> &
  Pick<FrontOptions, 'trustProxy' | 'limits'>;

/** A balancer that listens. */
export interface Front {
  url: string;
  /** The process that serves it; undefined when it is not known. */
  pid?: number;
  close(): Promise<void>;
}

/** A front whose log is kept. */
export interface LoggedFront extends Front {
  /** The lines logged so far. */
  logs: string[];
}
