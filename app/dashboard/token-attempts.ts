export interface TokenAttemptsOptions {
  /** How many attempts one client may have in `windowMs` that do not bring the right token. */
  limit?: number;
  windowMs?: number;
  /** How many clients are remembered: bounds the memory. The one that tried longest ago is forgotten first. */
  tableSize?: number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** Counts the attempts of each client to bring the right token. */
export interface TokenAttempts {
  /**
   * Counts an attempt before it is checked, so that attempts at the same time count, too.
   *
   * @returns how many of the client's attempts count now, or how long it has to wait when they are too many
   */
  begin(client: string): { count: number } | { retryAfterSeconds: number };
  /** Takes back an attempt that brought the right token. */
  succeeded(client: string): void;
}

/** Builds the table of attempts. */
export function createTokenAttempts(options: TokenAttemptsOptions = {}): TokenAttempts {
  const { limit = 30, windowMs = 60_000, tableSize = 10_000, monotonicMs = () => performance.now() } = options;
  const clients = new Map<string, { count: number; endsAtMs: number }>();

  return {
    begin(client) {
      const nowMs = monotonicMs();
      const known = clients.get(client);
      const entry = known && known.endsAtMs > nowMs ? known : { count: 0, endsAtMs: nowMs + windowMs };
      if (entry.count >= limit) return { retryAfterSeconds: Math.ceil((entry.endsAtMs - nowMs) / 1000) };
      entry.count++;
      // A Map keeps the order of insertion: the client that tried last comes last.
      clients.delete(client);
      clients.set(client, entry);
      if (clients.size > tableSize) clients.delete(clients.keys().next().value as string);
      return { count: entry.count };
    },

    succeeded(client) {
      const entry = clients.get(client);
      if (!entry) return;
      entry.count--;
      if (entry.count === 0) clients.delete(client);
    },
  };
}
