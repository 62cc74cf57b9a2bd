import { AFFINITY_IDLE_TIMEOUT_SECONDS } from '../affinity/cookie.ts';
import type { RequestingClient } from './request-event.ts';

export interface SeenClientsOptions {
  /** Maximum number of clients kept, which bounds the memory. The count never exceeds it. */
  limit: number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs: () => number;
}

/** The clients that made a request within the affinity cookie's idle timeout. */
export interface SeenClients {
  see(client: RequestingClient): void;
  count(): number;
}

/**
 * Creates the table of one replica's clients. A client that sends no id is counted by its address: a program that keeps no
 * cookies is one client, however many requests it makes.
 */
export function createSeenClients({ limit, monotonicMs }: SeenClientsOptions): SeenClients {
  // The time of each client's last request, the oldest first.
  const seenAtMs = new Map<string, number>();

  function forgetIdle(nowMs: number): void {
    const idleSinceMs = nowMs - AFFINITY_IDLE_TIMEOUT_SECONDS * 1000;
    for (const [key, atMs] of seenAtMs) {
      if (atMs > idleSinceMs && seenAtMs.size <= limit) return;
      seenAtMs.delete(key);
    }
  }

  return {
    see({ id, address, hasLetGo }) {
      const key = id ?? address;
      const wasKnown = seenAtMs.delete(key);
      if (hasLetGo) return;
      // Its first request had no id yet, and was counted by address.
      if (id !== undefined && !wasKnown) seenAtMs.delete(address);
      const nowMs = monotonicMs();
      seenAtMs.set(key, nowMs);
      forgetIdle(nowMs);
    },
    count() {
      forgetIdle(monotonicMs());
      return seenAtMs.size;
    },
  };
}
