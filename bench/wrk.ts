import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { UserError } from '../app/lib/user-error.ts';

const SCRIPT = fileURLToPath(new URL('wrk.lua', import.meta.url));

export class WrkMissingError extends UserError {
  override name = 'WrkMissingError';
  override message = 'wrk is not installed; on Debian or Ubuntu: apt-get install wrk';
}

export interface WrkOptions {
  url: string;
  /** GET by default. */
  method?: 'GET' | 'POST' | undefined;
  /** The clients' `Cookie` headers. The clients take turns. Without any, requests have no cookie. */
  cookies?: readonly string[];
  connections: number;
  seconds: number;
}

export interface WrkResult {
  /** Requests that were answered with 2xx or 3xx. */
  answered: number;
  answeredPerSecond: number;
  /** Requests that were answered with another status, or not at all. */
  failures: number;
  /** Latency of all answers since their requests were sent, errors included. NaN without any. */
  p50Ms: number;
  p99Ms: number;
}

/**
 * Loads a URL in a closed loop: each connection sends its next request as soon as the previous one is answered.
 *
 * @throws {WrkMissingError} when it is not installed
 */
export async function runWrk({
  url,
  method = 'GET',
  cookies = [],
  connections,
  seconds,
}: WrkOptions): Promise<WrkResult> {
  const load = ['--threads', '1', '--connections', `${connections}`, '--duration', `${seconds}s`, '--timeout', '30s'];
  const args = [...load, '--script', SCRIPT, url, '--', method, ...cookies];
  const printed = await promisify(execFile)('wrk', args).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new WrkMissingError(undefined, { cause: error }) : error;
  });
  return parseWrk(printed.stdout);
}

/** Parses what wrk prints with our script. */
export function parseWrk(printed: string): WrkResult {
  const line = printed.split('\n').find((text) => text.startsWith('{'));
  if (line === undefined) throw new Error(`wrk printed no results:\n${printed}`);
  const { durationUs, requests, badStatus, socketErrors, p50Us, p99Us } = JSON.parse(line) as Record<string, number>;
  const answered = (requests as number) - (badStatus as number);
  // Without answers wrk prints a latency of 0, which would be the best of all.
  const milliseconds = (us: number | undefined) => (requests === 0 ? Number.NaN : (us as number) / 1000);
  return {
    answered,
    answeredPerSecond: answered / ((durationUs as number) / 1e6),
    failures: (badStatus as number) + (socketErrors as number),
    p50Ms: milliseconds(p50Us),
    p99Ms: milliseconds(p99Us),
  };
}
