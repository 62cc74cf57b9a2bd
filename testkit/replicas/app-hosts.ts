import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverId } from '../../app/affinity/server-id.ts';
import { startEdgeHarness } from '../fronts/edge-harness.ts';
import { startOrigin } from '../processes/origin.ts';

/** A runtime for the app. */
export interface AppHost {
  name: string;
  /** Starts the app on an empty database. */
  start(): Promise<RunningApp>;
}

export interface RunningApp {
  url: string;
  /** The app's identity in its responses. */
  server: { ip: string; address: string; sid: string };
  /** A well-formed server id of another replica. */
  otherSid: string;
  stop(): Promise<void>;
}

export const appHosts: AppHost[] = [
  {
    name: 'Node, on a SQLite file',
    async start() {
      const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
      const { url, address, stop } = await startOrigin({ DATABASE_URL: `file:${join(folder, 'visits.sqlite')}` });
      return {
        url,
        server: { ip: '127.0.0.1', address, sid: serverId(address) },
        otherSid: serverId('10.0.0.6:5000'),
        async stop() {
          await stop();
          await rm(folder, { recursive: true });
        },
      };
    },
  },
  {
    name: 'workerd, on D1',
    async start() {
      const { url, close } = await startEdgeHarness();
      return { url, server: { ip: 'edge', address: 'edge', sid: 'edge' }, otherSid: 'another-edge', stop: close };
    },
  },
];
