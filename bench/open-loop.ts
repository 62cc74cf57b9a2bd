import { delay } from '../app/lib/delay.ts';
import { createOpenConnections } from './open-connections.ts';
import { percentileOf } from './percentile.ts';

export interface OpenLoopOptions {
  url: string;
  /** The clients' `Cookie` headers. The clients take turns. */
  cookies: readonly string[];
  /** Requests that become due per second, whether earlier ones are answered or not. */
  requestsPerSecond: number;
  seconds: number;
  /** Maximum number of connections. Requests beyond it wait, and the wait counts. */
  connections?: number;
  /** An answer that comes later than this after its request was due is useless. */
  usefulWithinMs?: number;
}

export interface OpenLoopResult {
  sent: number;
  /**
   * Useful 200 answers per second. Requests due within the first `usefulWithinMs` are left out, because even under
   * overload they are answered in time.
   */
  goodputPerSecond: number;
  /** All 200 answers, however late. */
  answered: number;
  /** Answers with another status. */
  refused: number;
  /** Requests without an answer: the connection broke, or no answer came until the end. */
  unanswered: number;
  /** Latency of the 200 answers since their requests were due, without coordinated omission. */
  p50Ms: number;
  p99Ms: number;
  p999Ms: number;
  /** The load generator's own delay: 99th percentile of how late it sent requests that had a connection. */
  lateP99Ms: number;
}

const TICK_MS = 1;
/** How long the load waits for answers after the last request. */
const PATIENCE_MS = 5000;

/**
 * Loads a URL in an open loop: requests become due by the clock, and the latency of a request includes its wait for
 * earlier slow ones. We found no library that does this: they wait for an answer first, or correct their measurements
 * by an estimate.
 */
export async function runOpenLoop(options: OpenLoopOptions): Promise<OpenLoopResult> {
  const { url, cookies, requestsPerSecond, seconds, connections = 8192, usefulWithinMs = 1000 } = options;
  const { pathname, host } = new URL(url);
  const requests = (cookies.length > 0 ? cookies : [undefined]).map(
    (cookie) =>
      `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${cookie === undefined ? '' : `Cookie: ${cookie}\r\n`}\r\n`,
  );
  const latenciesMs: number[] = [];
  const latenessMs: number[] = [];
  let [sent, refused, broken, useful] = [0, 0, 0, 0];
  const beginMs = performance.now();
  // Leave out the start: even under overload the first requests are answered in time.
  const steadyFromMs = beginMs + Math.min(usefulWithinMs, (seconds * 1000) / 2);

  const open = createOpenConnections({
    url,
    limit: connections,
    onAnswer(status, dueAtMs) {
      if (status !== 200) {
        refused++;
        return;
      }
      const latencyMs = performance.now() - dueAtMs;
      latenciesMs.push(latencyMs);
      if (dueAtMs >= steadyFromMs && latencyMs <= usefulWithinMs) useful++;
    },
    onBroken: () => broken++,
    onSent: (dueAtMs) => latenessMs.push(performance.now() - dueAtMs),
  });

  const total = Math.round(requestsPerSecond * seconds);
  while (sent < total) {
    const due = Math.min(total, Math.floor(((performance.now() - beginMs) / 1000) * requestsPerSecond));
    for (; sent < due; sent++) {
      open.send(requests[sent % requests.length] as string, beginMs + (sent / requestsPerSecond) * 1000);
    }
    await delay(TICK_MS);
  }
  const giveUpAtMs = performance.now() + PATIENCE_MS;
  while (open.unanswered() > 0 && performance.now() < giveUpAtMs) await delay(TICK_MS * 10);
  const unanswered = broken + open.unanswered();
  open.close();

  latenciesMs.sort((a, b) => a - b);
  latenessMs.sort((a, b) => a - b);
  return {
    sent,
    goodputPerSecond: useful / (seconds - (steadyFromMs - beginMs) / 1000),
    answered: latenciesMs.length,
    refused,
    unanswered,
    p50Ms: percentileOf(latenciesMs, 50),
    p99Ms: percentileOf(latenciesMs, 99),
    p999Ms: percentileOf(latenciesMs, 99.9),
    lateP99Ms: percentileOf(latenessMs, 99),
  };
}
