import { fileURLToPath } from 'node:url';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import type { RunningPeer } from './peer.ts';
import { createFolder, type Program, startProgram } from './program.ts';

export interface ExpressOptions {
  /** Number of replicas. */
  count: number;
  /** URL of the Redis that keeps the sessions. Without it each replica keeps them in memory. */
  redisUrl?: string | undefined;
}

/** Replicas without a balancer. */
export interface RunningExpress extends Omit<RunningPeer, 'url'> {
  /** `host:port` of each replica. */
  addresses: string[];
}

const SERVER = fileURLToPath(new URL('express/server.js', import.meta.url));

/** Starts replicas of an Express app with express-session. */
export async function startExpress({ count, redisUrl }: ExpressOptions): Promise<RunningExpress> {
  const firstPort = await freePortRange(count);
  const ports = Array.from({ length: count }, (_, index) => firstPort + index);
  const programs: Program[] = [];
  const close = async () => void (await Promise.all(programs.map((program) => program.close())));
  try {
    for (const port of ports) {
      const env = { NODE_ENV: 'production', PORT: `${port}`, ...(redisUrl !== undefined && { REDIS_URL: redisUrl }) };
      const folder = await createFolder();
      programs.push(await startProgram({ program: process.execPath, args: [SERVER], env, port, folder }));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    addresses: ports.map((port) => `127.0.0.1:${port}`),
    pids: () => programs.flatMap((program) => program.pids()),
    close,
  };
}
