import { delay } from '../app/lib/delay.ts';
import { isPortOpen } from '../testkit/network/is-port-open.ts';

/** Shorter than most responses take that are late, and long enough that few connections are made for it. */
const INTERVAL_MS = 2000;

/**
 * Watches during a request whether the front still accepts connections, as the health checks of a load balancer and a browser
 * with several addresses do. Calls `onGone` once if it does not.
 *
 * @returns a function that ends the watch
 */
export function watchFront(url: string, onGone: () => void, intervalMs = INTERVAL_MS): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  const { hostname: host, port } = new URL(url);

  async function watch(): Promise<void> {
    for (;;) {
      await delay(intervalMs, signal);
      if (signal.aborted) return;
      const isThere = await isPortOpen(Number(port || 80), { host });
      if (signal.aborted) return;
      if (!isThere) return onGone();
    }
  }

  void watch();
  return () => ending.abort();
}
