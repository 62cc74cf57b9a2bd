import { setTimeout } from 'node:timers/promises';
import { createOpenConnections } from './open-connections.ts';
import { percentileOf } from './percentile.ts';

export interface OpenLoopOptions {
  url: string;
  /** The `Cookie` headers of the clients, who take turns. */
  cookies: readonly string[];
  /** How many requests become due in a second, whether those before are answered or not. */
  requestsPerSecond: number;
  seconds: number;
  /** How many connections at most; what is due beyond them waits, and its waiting counts. */
  connections?: number;
  /** An answer that comes later after its request was due is of no use any more. */
  usefulWithinMs?: number;
}

/** What came of requests that were sent by the clock. */
export interface OpenLoopResult {
  sent: number;
  /** Useful answers of 200 per second, of requests that became due once the first ones could have been useless. */
  goodputPerSecond: number;
  /** Answers of 200 that came, however late. */
  answered: number;
  /** Answers of another status. */
  refused: number;
  /** Requests without an answer: their connection broke, or none came until the end. */
  unanswered: number;
  /** Of answers of 200, from when the request was due: without coordinated omission. */
  p50Ms: number;
  p99Ms: number;
  p999Ms: number;
  /** How late requests were sent for which there was a connection: the load's own lateness, at its 99th percentile. */
  lateP99Ms: number;
}

const TICK_MS = 1;
/** How long after the last request answers are still waited for. */
const PATIENCE_MS = 5000;

/**
 * Loads a URL in an open loop: requests become due by the clock, and one that has to wait because those before it are slow has
 * waited. No library at hand does so: they wait for an answer first, or correct what they measured by a guess.
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
  // Of a load that is too much, what comes first is answered all the same: it is left out.
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
    await setTimeout(TICK_MS);
  }
  const giveUpAtMs = performance.now() + PATIENCE_MS;
  while (open.unanswered() > 0 && performance.now() < giveUpAtMs) await setTimeout(TICK_MS * 10);
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
