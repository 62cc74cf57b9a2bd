import { createMonotonicClock } from '../lib/monotonic-clock.ts';
import { putLast } from '../lib/put-last.ts';

export interface TokenAttemptsOptions {
  /** How many wrong tokens one client may send within `windowMs`. */
  limit?: number;
  windowMs?: number;
  /** Maximum number of clients in the table, which bounds the memory. The client that tried longest ago is dropped first. */
  tableSize?: number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** Counts each client's attempts to send the right token. */
export interface TokenAttempts {
  /**
   * Counts an attempt. Call it before the check, so that concurrent attempts count, too.
   *
   * @returns the number of the client's attempts that count now, or how long it must wait because there were too many
   */
  begin(client: string): { count: number } | { retryAfterSeconds: number };
  /** Takes back the attempt: the token was right. */
  succeeded(client: string): void;
}

export function createTokenAttempts(options: TokenAttemptsOptions = {}): TokenAttempts {
  const { limit = 30, windowMs = 60_000, tableSize = 10_000, monotonicMs = createMonotonicClock() } = options;
  const clients = new Map<string, { count: number; endsAtMs: number }>();

  return {
    begin(client) {
      const nowMs = monotonicMs();
      const known = clients.get(client);
      const entry = known && known.endsAtMs > nowMs ? known : { count: 0, endsAtMs: nowMs + windowMs };
      if (entry.count >= limit) return { retryAfterSeconds: Math.ceil((entry.endsAtMs - nowMs) / 1000) };
      entry.count++;
      putLast(clients, client, entry, tableSize);
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
