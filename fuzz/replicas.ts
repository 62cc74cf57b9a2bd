import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { serverId } from '../app/affinity/server-id.ts';
import { readLines } from '../cli/read-lines.ts';
import { send } from '../testkit/http/send.ts';
import { type OriginProcess, startOrigin } from '../testkit/processes/origin.ts';
import { createLedger, type Ledger } from './ledger.ts';

/** Origin replicas with a database of their own, and their log. */
export interface Replicas {
  urls: string[];
  sids: string[];
  ledger: Ledger;
  /** Waits until everything answered so far is in the ledger. */
  settle(): Promise<void>;
  /** Returns how many visits the replicas report. */
  count(): Promise<number>;
  /** Describes the replicas that have ended, and why. */
  ended(): string[];
  close(): Promise<void>;
}

/** Starts replicas. They trust this machine's own loopback address as a balancer, and no other loopback address. */
export async function startReplicas(count: number): Promise<Replicas> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-fuzz-'));
  const ledger = createLedger();
  const ended: string[] = [];
  const env = {
    DATABASE_URL: `file:${join(folder, 'visits.sqlite')}`,
    TRUST_PROXY: 'nginx from 127.0.0.1',
    // The ledger needs every request, including health checks.
    LOG_LEVEL: 'debug',
    LOG_LINES_PER_CLIENT: 'off',
  };
  const origins: OriginProcess[] = [];
  let isClosing = false;
  for (let nth = 0; nth < count; nth++) {
    const origin = await startOrigin(env);
    readLines(origin.process.stdout as Readable, ledger.takeLine);
    void origin.exited.then(({ code, stderr }) => {
      if (!isClosing) ended.push(`a replica ended with code ${code}: ${stderr.slice(-2000)}`);
    });
    origins.push(origin);
  }
  let settled = 0;
  return {
    urls: origins.map(({ url }) => url),
    sids: origins.map(({ address }) => serverId(address)),
    ledger,
    async settle() {
      for (const { url } of origins) {
        const id = `settle-${settled++}`;
        const seen = ledger.untilSeen(id);
        await send(url, { path: '/healthz', headers: { 'X-Request-ID': id } });
        await seen;
      }
    },
    async count() {
      const id = `settle-${settled++}`;
      const seen = ledger.untilSeen(id);
      const answer = await send(origins[0]?.url as string, { path: '/showcount', headers: { 'X-Request-ID': id } });
      await seen;
      return Number(answer.body.toString());
    },
    ended: () => ended,
    async close() {
      isClosing = true;
      await Promise.all(origins.map(({ stop }) => stop()));
      await rm(folder, { recursive: true });
    },
  };
}
