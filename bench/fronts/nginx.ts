import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Front } from '../../testkit/fronts/front.ts';
import { NGINX_IMAGE, startNginxFront } from '../../testkit/fronts/nginx.ts';
import { containerPid } from '../../testkit/mysql/docker.ts';

/** The whole load comes from one address, which Nginx would otherwise limit. */
const ONE_CLIENT_FOR_ALL = {
  NGINX_CONNECTION_LIMIT: 'off',
  CLIENT_REQUEST_LIMIT: 'off',
  CLIENT_UPLOAD_LIMIT: 'off',
  CLIENT_STREAM_LIMIT: 'off',
};

/** Nginx cannot be started here. */
export class NoEngineError extends Error {
  override name = 'NoEngineError';
  override message = `no Docker engine with the image ${NGINX_IMAGE} answers`;
}

export interface NginxOptions {
  /** `host:port` of each replica. */
  addresses: readonly string[];
  /** Whether a Docker engine is available that has the image. */
  hasDocker: boolean;
  isSticky?: boolean;
}

/**
 * Starts the stack's Nginx, with as many worker processes as in the stack.
 *
 * @throws {NoEngineError} without Docker
 */
export async function startNginx({ addresses, hasDocker, isSticky = true }: NginxOptions): Promise<Front> {
  if (!hasDocker) throw new NoEngineError();
  const logFolder = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  const removeLogs = () => rm(logFolder, { recursive: true, force: true });
  const containerName = `mooring-bench-${randomBytes(4).toString('hex')}`;
  const peers = addresses.map((address) => `http://${address} max_fails=0`);
  const front = await startNginxFront(
    { peers, connectTimeoutMs: 1000, readTimeoutMs: 15_000, cookieSecure: false },
    { workerProcesses: 'auto', isSticky, containerName, logFolder, settings: ONE_CLIENT_FOR_ALL },
  ).catch(async (error: unknown) => {
    await removeLogs();
    throw error;
  });
  return {
    url: front.url,
    pid: await containerPid(containerName),
    async close() {
      await front.close();
      await removeLogs();
    },
  };
}
