export interface LogQuotaOptions {
  /** How many lines one client may cause each second in the long run. */
  linesPerSecond: number;
  /** How many lines one client may cause at once. */
  burst?: number;
  /** How many clients are remembered: bounds the memory. The one that was logged longest ago is forgotten first. */
  tableSize?: number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** Limits how much of the log one client can fill: without it a single client could push out what is known of all others. */
export interface LogQuota {
  /**
   * Takes one line of the client's quota (a token bucket).
   *
   * @returns how many of its lines were left out since its last one, or undefined when this one is to be left out
   */
  take(client: string): number | undefined;
}

/** Builds the table of quotas. */
export function createLogQuota(options: LogQuotaOptions): LogQuota {
  const { linesPerSecond, burst = linesPerSecond * 50, tableSize = 10_000 } = options;
  const { monotonicMs = () => performance.now() } = options;
  const clients = new Map<string, { tokens: number; atMs: number; leftOut: number }>();

  return {
    take(client) {
      const nowMs = monotonicMs();
      const entry = clients.get(client) ?? { tokens: burst, atMs: nowMs, leftOut: 0 };
      entry.tokens = Math.min(burst, entry.tokens + ((nowMs - entry.atMs) / 1000) * linesPerSecond);
      entry.atMs = nowMs;
      // A Map keeps the order of insertion: the client that came last comes last.
      clients.delete(client);
      clients.set(client, entry);
      if (clients.size > tableSize) clients.delete(clients.keys().next().value as string);
      if (entry.tokens < 1) {
        entry.leftOut++;
        return undefined;
      }
      entry.tokens--;
      const { leftOut } = entry;
      entry.leftOut = 0;
      return leftOut;
    },
  };
}
