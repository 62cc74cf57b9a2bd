import { LRUCache } from 'lru-cache';
import type { SessionCopy } from './session-copy.ts';

export interface SessionCacheOptions {
  /** About how much memory the copies may take. */
  maxBytes: number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs: () => number;
  /** Wall-clock time, in milliseconds since the epoch. Only this clock goes on while the machine is suspended. */
  nowMs?: () => number;
}

/** The copies of sessions that a replica holds in memory. The least recently used ones are dropped first. */
export interface SessionCache {
  /** Returns the copy; undefined when there is none, or none that may be used now. */
  get(idHash: string): SessionCopy | undefined;
  /** Keeps a copy, unless a newer one is there or the session has ended. */
  set(idHash: string, copy: SessionCopy): void;
  /** Drops the copy of a session that may have changed elsewhere. */
  drop(idHash: string): void;
  /** Drops the copies of sessions that have ended, and keeps no further copies of them. */
  end(idHashes: readonly string[]): void;
  /** Call it when all sessions that had ended by `atMs` have been passed to `end`. */
  checked(atMs: number): void;
  size(): { copies: number; bytes: number };
}

/**
 * How long copies are used without news of ended sessions. A replica that is cut off from the database would otherwise keep
 * alive a session that has ended on another one.
 */
export const CHECK_TIMEOUT_MS = 5000;

/** A read that began before the session ended may return it this much later. */
const ENDED_REMEMBERED_MS = 60_000;

/** Memory per copy apart from its data, and per byte of its JSON. Measured: objects take several times their JSON's size. */
const BYTES_PER_COPY = 1000;
const BYTES_PER_BYTE = 5;

export function createSessionCache(options: SessionCacheOptions): SessionCache {
  const { maxBytes, monotonicMs, nowMs = Date.now } = options;
  const copies = new LRUCache<string, SessionCopy>({
    maxSize: maxBytes,
    sizeCalculation: ({ bytes }) => BYTES_PER_COPY + BYTES_PER_BYTE * bytes,
  });
  /** When this replica learned that the session had ended, the longest ago first. */
  const ended = new Map<string, number>();
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  let checkedAtWallMs = Number.NEGATIVE_INFINITY;

  const isChecked = (atMs: number) =>
    atMs - checkedAtMs <= CHECK_TIMEOUT_MS && nowMs() - checkedAtWallMs <= CHECK_TIMEOUT_MS;

  return {
    get(idHash) {
      const atMs = monotonicMs();
      if (!isChecked(atMs)) return undefined;
      const copy = copies.get(idHash);
      return copy && atMs < copy.expiresAtMs ? copy : undefined;
    },
    set(idHash, copy) {
      const held = copies.peek(idHash);
      if (ended.has(idHash) || (held && held.version > copy.version)) return;
      copies.set(idHash, copy);
    },
    drop: (idHash) => void copies.delete(idHash),
    end(idHashes) {
      const atMs = monotonicMs();
      for (const idHash of idHashes) {
        if (!ended.has(idHash)) ended.set(idHash, atMs);
        copies.delete(idHash);
      }
      for (const [idHash, learnedAtMs] of ended) {
        if (atMs - learnedAtMs <= ENDED_REMEMBERED_MS) break;
        ended.delete(idHash);
      }
    },
    checked(atMs) {
      // Ended sessions may have been missed since the last check, so begin without copies.
      if (!isChecked(atMs)) copies.clear();
      checkedAtMs = atMs;
      checkedAtWallMs = nowMs();
    },
    size: () => ({ copies: copies.size, bytes: copies.calculatedSize }),
  };
}
