import { fileURLToPath } from 'node:url';
import { serverId } from '../app/affinity/server-id.ts';
import { createSupervisedProcess } from '../local/supervised-process.ts';
import { TEST_APP_FOLDER } from '../testkit/app/folder.ts';
import { freePortRange } from '../testkit/network/free-ports.ts';

/**
 * How replicas store visits: as Mooring does, not at all, or each visit in a transaction of its own. `bare` is no replica but an
 * app that only sends the same response.
 */
export type StoreKind = 'mooring' | 'off' | 'transaction-each' | 'bare';

const SCRIPTS: Record<StoreKind, string> = {
  mooring: '../origin/main.ts',
  off: 'replicas/store-off.ts',
  'transaction-each': 'replicas/transaction-each.ts',
  bare: 'replicas/bare.ts',
};

const STOP_TIMEOUT_MS = 10_000;

export interface ReplicasOptions {
  count: number;
  store: StoreKind;
  /** The app; by default the one for tests. */
  appFolder?: string;
  databaseUrl: string;
  /** Called with each line that the processes print. */
  say: (line: string) => void;
}

export interface Replicas {
  list: { address: string; sid: string }[];
  pids(): number[];
  close(): Promise<void>;
}

/** Starts replicas on loopback as `npm start` does, with a log level at which visits are not logged. */
export async function startReplicas(options: ReplicasOptions): Promise<Replicas> {
  const { count, store, appFolder = TEST_APP_FOLDER, databaseUrl, say } = options;
  const firstPort = await freePortRange(count);
  const replicas = Array.from({ length: count }, (_, index) => {
    const address = `127.0.0.1:${firstPort + index}`;
    const child = createSupervisedProcess({
      name: `replica ${address}`,
      script: fileURLToPath(new URL(SCRIPTS[store], import.meta.url)),
      env: {
        PATH: process.env.PATH,
        APP_FOLDER: appFolder,
        HOST: '127.0.0.1',
        PORT: `${firstPort + index}`,
        SERVER_IP: '127.0.0.1',
        TRUST_PROXY: 'nginx from loopback',
        DATABASE_URL: databaseUrl,
        LOG_LEVEL: 'warn',
      },
      onOutput: (line) => say(`replica ${address}  ${line}`),
      onExit: (how) => say(`replica ${address} ${how}`),
      onRestart: () => {},
    });
    return { address, sid: serverId(address), child };
  });
  try {
    await Promise.all(replicas.map(({ child }) => child.start()));
  } catch (error) {
    for (const { child } of replicas) child.kill();
    throw error;
  }
  return {
    list: replicas.map(({ address, sid }) => ({ address, sid })),
    pids: () => replicas.map(({ child }) => child.pid()).filter((pid) => pid !== undefined),
    async close() {
      await Promise.all(replicas.map(({ child }) => child.stop(STOP_TIMEOUT_MS)));
    },
  };
}
