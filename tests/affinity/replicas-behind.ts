import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { FrontOptions, LoggedFront, SuiteFrontKind } from '../../testkit/fronts/front.ts';
import { startFront } from '../../testkit/fronts/fronts.ts';
import { type OriginProcess, startOrigin } from '../../testkit/processes/origin.ts';

export interface ReplicasBehindOptions extends Pick<FrontOptions, 'readTimeoutMs'> {
  /** Settings of the replicas. */
  settings?: Record<string, string>;
}

/** Starts two real replicas with one database, and a front before them, for the current test. */
export async function startReplicasBehind(
  kind: SuiteFrontKind,
  { settings, ...options }: ReplicasBehindOptions = {},
): Promise<{ front: LoggedFront; replicas: [OriginProcess, OriginProcess] }> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const DATABASE_URL = `file:${join(folder, 'app.sqlite')}`;
  const env = { DATABASE_URL, TRUST_PROXY: 'nginx from 127.0.0.0/8', ...settings };
  const replicas: [OriginProcess, OriginProcess] = [await startOrigin(env), await startOrigin(env)];
  for (const { stop } of replicas) onTestFinished(stop);
  // Without `max_fails`, so that a replica that failed gets requests again at once.
  const front = await startFront(kind, { peers: replicas.map(({ url }) => `${url} max_fails=0`), ...options });
  onTestFinished(front.close);
  return { front, replicas };
}
