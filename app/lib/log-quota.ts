import { createMonotonicClock } from './monotonic-clock.ts';
import { putLast } from './put-last.ts';

export interface LogQuotaOptions {
  /** How many log lines a second one client may cause in the long run. */
  linesPerSecond: number;
  /** How many log lines one client may cause at once. */
  burst?: number;
  /**
   * Maximum number of clients in the table, which bounds the memory. The client that was logged longest ago is dropped
   * first.
   */
  tableSize?: number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** Limits how much of the log one client can fill. Without it a single client could push all others out of the log. */
export interface LogQuota {
  /**
   * Takes one line from the client's quota (a token bucket).
   *
   * @returns the number of its lines suppressed since its last logged one, or undefined when this line must not be logged
   */
  take(client: string): number | undefined;
}

/** Returns the field with which a line says how many others were left out. */
export function notLogged(leftOut: number): { notLogged?: number } {
  return leftOut > 0 ? { notLogged: leftOut } : {};
}

export function createLogQuota(options: LogQuotaOptions): LogQuota {
  const { linesPerSecond, burst = linesPerSecond * 50, tableSize = 10_000 } = options;
  const { monotonicMs = createMonotonicClock() } = options;
  const clients = new Map<string, { tokens: number; atMs: number; leftOut: number }>();

  return {
    take(client) {
      const nowMs = monotonicMs();
      const entry = clients.get(client) ?? { tokens: burst, atMs: nowMs, leftOut: 0 };
      entry.tokens = Math.min(burst, entry.tokens + ((nowMs - entry.atMs) / 1000) * linesPerSecond);
      entry.atMs = nowMs;
      putLast(clients, client, entry, tableSize);
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
