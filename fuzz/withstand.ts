import { request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { delay } from '../app/lib/delay.ts';
import { residentBytes } from '../testkit/processes/resident-memory.ts';
import { type Crowd, gather } from './crowd.ts';

/** The processes that share one container of the stack. */
export interface Contained {
  name: string;
  pids: readonly number[];
  /** Memory limit of the container. */
  limitBytes: number;
}

export interface WithstandOptions {
  port: number;
  /** Whether the innocent client speaks HTTP/2. */
  isHttp2: boolean;
  crowd: Crowd;
  contained: readonly Contained[];
  /** How long the crowd stays. */
  holdMs?: number;
  readBytes?: (pid: number) => Promise<number | undefined>;
}

export interface Withstood {
  /** Number of responses to the innocent client by status; `none` counts missing responses. */
  statuses: Record<string, number>;
  /** Peak memory of each container, in bytes. */
  peaks: { name: string; bytes: number }[];
  violations: string[];
}

const CROWD_ADDRESSES = ['127.8.0.1', '127.8.0.2', '127.8.0.3', '127.8.0.4'];
const INNOCENT_ADDRESS = '127.9.0.1';
const HOLD_MS = 5000;
const ASK_INTERVAL_MS = 100;
/** A busy machine is slow. A client that must wait until the crowd leaves waits longer than this. */
const ASK_TIMEOUT_MS = 15_000;
const SAMPLE_INTERVAL_MS = 200;

/** Whether a request belongs to a crowd or to the innocent client beside it. */
export function isOfCrowd(clientIp: string): boolean {
  return [...CROWD_ADDRESSES, INNOCENT_ADDRESS].includes(clientIp);
}

/**
 * Lets a crowd connect and stay for a while. Meanwhile another client must be served, and no container may exceed its
 * memory.
 */
export async function withstand(options: WithstandOptions): Promise<Withstood> {
  const { port, isHttp2, crowd, contained, holdMs = HOLD_MS, readBytes = residentBytes } = options;
  const statuses: Record<string, number> = {};
  const peaks = contained.map(({ name }) => ({ name, bytes: 0 }));
  const isOver = new AbortController();

  async function watchMemory(): Promise<void> {
    while (!isOver.signal.aborted) {
      for (const [nth, { pids }] of contained.entries()) {
        const sizes = await Promise.all(pids.map(readBytes));
        const peak = peaks[nth] as { bytes: number };
        peak.bytes = Math.max(
          peak.bytes,
          sizes.reduce((sum: number, size) => sum + (size ?? 0), 0),
        );
      }
      await delay(SAMPLE_INTERVAL_MS, isOver.signal);
    }
  }

  async function askOnce(): Promise<void> {
    const status = await (isHttp2 ? askHttp2(port) : askHttp1(port));
    statuses[status] = (statuses[status] ?? 0) + 1;
  }

  const watching = watchMemory();
  const gathering = await gather(crowd, port, CROWD_ADDRESSES);
  const endAtMs = performance.now() + holdMs;
  while (performance.now() < endAtMs) {
    await askOnce();
    await delay(ASK_INTERVAL_MS);
  }
  isOver.abort();
  await watching;
  gathering.leave();

  const during = `while there were ${crowd.connections} connections with ${crowd.name}`;
  const violations = Object.entries(statuses)
    .filter(([status]) => status !== '200')
    .map(([status, times]) => `another client got ${status} ${times} times ${during}`);
  for (const [nth, { name, limitBytes }] of contained.entries()) {
    const { bytes } = peaks[nth] as { bytes: number };
    if (bytes > limitBytes) violations.push(`${name} had ${megabytes(bytes)} of ${megabytes(limitBytes)} ${during}`);
  }
  return { statuses, peaks, violations };
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}

/** @returns the status, or `none` without a response in time */
function askHttp1(port: number): Promise<string> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, localAddress: INNOCENT_ADDRESS, path: '/showcount', agent: false };
    const asking = request(options, (response) => {
      response.on('error', () => resolve('none')).resume();
      response.on('end', () => resolve(`${response.statusCode}`));
    });
    asking.on('error', () => resolve('none')).setTimeout(ASK_TIMEOUT_MS, () => asking.destroy(new Error('late')));
    asking.end();
  });
}

/** @returns the status, or `none` without a response in time */
function askHttp2(port: number): Promise<string> {
  return new Promise((resolve) => {
    const createConnection = () => connect({ port, host: '127.0.0.1', localAddress: INNOCENT_ADDRESS });
    const session = connectHttp2(`http://127.0.0.1:${port}`, { createConnection });
    const end = (status: string) => {
      clearTimeout(timer);
      session.destroy();
      resolve(status);
    };
    const timer = setTimeout(() => end('none'), ASK_TIMEOUT_MS);
    session.on('error', () => end('none')).on('close', () => end('none'));
    const asking = session.request({ ':path': '/showcount' });
    let status = 'none';
    asking.on('response', (headers) => {
      status = `${headers[':status']}`;
    });
    asking
      .on('error', () => end('none'))
      .on('end', () => end(status))
      .resume();
  });
}
