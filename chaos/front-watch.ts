import { connect } from 'node:net';
import { delay } from '../app/lib/delay.ts';

/** Shorter than most responses take that are late, and long enough that few connections are made for it. */
const INTERVAL_MS = 2000;
const ACCEPTS_WITHIN_MS = 2000;

/**
 * Watches during a request whether the front still accepts connections, as the health checks of a load balancer and a browser
 * with several addresses do. Calls `onGone` once if it does not.
 *
 * @returns a function that ends the watch
 */
export function watchFront(url: string, onGone: () => void, intervalMs = INTERVAL_MS): () => void {
  const ending = new AbortController();
  const { signal } = ending;

  async function watch(): Promise<void> {
    for (;;) {
      await delay(intervalMs, signal);
      if (signal.aborted) return;
      const isThere = await accepts(url);
      if (signal.aborted) return;
      if (!isThere) return onGone();
    }
  }

  void watch();
  return () => ending.abort();
}

function accepts(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 80), timeout: ACCEPTS_WITHIN_MS });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.on('connect', () => end(true));
    socket.on('timeout', () => end(false));
    socket.on('error', () => end(false));
  });
}
