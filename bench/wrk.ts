import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The load generator is missing. */
export class WrkMissingError extends Error {
  override name = 'WrkMissingError';
  override message = 'wrk is not installed; on Debian or Ubuntu: apt-get install wrk';
}

export interface WrkOptions {
  url: string;
  connections: number;
  seconds: number;
}

/** What a run of wrk measured. */
export interface WrkResult {
  requestsPerSecond: number;
  /** Requests that were answered with another status than 2xx or 3xx, or not at all. */
  failures: number;
}

/**
 * Loads a URL in a closed loop: each connection asks again as soon as it is answered.
 *
 * @throws {WrkMissingError} when it is not installed
 */
export async function runWrk({ url, connections, seconds }: WrkOptions): Promise<WrkResult> {
  const args = ['--threads', '1', '--connections', `${connections}`, '--duration', `${seconds}s`, url];
  const printed = await promisify(execFile)('wrk', args).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new WrkMissingError(undefined, { cause: error }) : error;
  });
  return parseWrk(printed.stdout);
}

/** Reads what wrk prints. */
export function parseWrk(printed: string): WrkResult {
  const numberAfter = (label: RegExp) => Number(printed.match(label)?.[1] ?? 0);
  const socketErrors = printed.match(/Socket errors:(.*)/)?.[1]?.match(/\d+/g) ?? [];
  return {
    requestsPerSecond: numberAfter(/Requests\/sec:\s*([\d.]+)/),
    failures: socketErrors
      .map(Number)
      .reduce((sum, count) => sum + count, numberAfter(/Non-2xx or 3xx responses: (\d+)/)),
  };
}
