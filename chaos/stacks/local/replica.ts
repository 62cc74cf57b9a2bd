import { join } from 'node:path';
import { TEST_APP_FOLDER } from '../../../testkit/app/folder.ts';
import { createFaultProxy, type FaultProxy } from '../../../testkit/network/fault-proxy.ts';
import { viaPort } from '../../../testkit/network/via-port.ts';
import type { ReplicaName } from '../../history.ts';
import { endDrains, NEVER_MS } from '../../outages.ts';
import { noteDeliveries } from '../log-deliveries.ts';
import type { RunContext } from '../stack.ts';
import { createLocalProcess } from './process.ts';
import { createStepClock } from './step-clocks.ts';

export interface LocalReplicaOptions {
  name: string;
  /** Folder of the sources. */
  root: URL;
  /** Folder for the files that control it at runtime. */
  folder: string;
  /** Its own port, and the ports of the proxies in front of it and in front of its database. */
  ports: { own: number; front: number; database: number };
  databaseUrl: string;
  notes: RunContext;
}

/**
 * A replica on this machine with two proxies: one in front of it, one in front of its database. Its outages are
 * recorded.
 */
export interface LocalReplica extends ReplicaName {
  /** Its line in the worker's list of peers. */
  peer: string;
  frontGate: FaultProxy;
  databaseGate: FaultProxy;
  /** Whether it was killed, stopped or paused and has not come back. */
  isAway(): boolean;
  start(): Promise<void>;
  kill(): void;
  /** Stops the replica cleanly and waits until it has exited. */
  stop(): Promise<void>;
  pause(): void;
  resume(): void;
  stepClock(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Creates a replica without starting it. */
export async function createLocalReplica(options: LocalReplicaOptions): Promise<LocalReplica> {
  const { name, root, folder, ports, notes } = options;
  const databaseUrl = new URL(options.databaseUrl);
  const frontGate = await createFaultProxy(ports.own, { port: ports.front });
  const databaseGate = await createFaultProxy(Number(databaseUrl.port || 3306), {
    targetHost: databaseUrl.hostname,
    port: ports.database,
  });
  const clock = await createStepClock(root, join(folder, `${name}.clock`));
  const child = createLocalProcess({
    name,
    root,
    script: 'origin/main.ts',
    env: {
      APP_FOLDER: TEST_APP_FOLDER,
      HOST: '127.0.0.1',
      PORT: `${ports.own}`,
      SERVER_IP: '127.0.0.1',
      TRUST_PROXY: 'nginx from loopback',
      // The balancer connects to the proxy, so the server id cannot be derived from the replica's own address.
      SERVER_ROUTE: name,
      DATABASE_URL: viaPort(options.databaseUrl, databaseGate.port),
      // The minimum, so that a clock step can exceed it.
      ACCESS_LOG_RETENTION_HOURS: '1',
      // The log of requests shows which POSTs have reached the replica.
      LOG_LEVEL: 'info',
      // Here all clients have the same address.
      LOG_LINES_PER_CLIENT: 'off',
      ...clock.env,
    },
    notes: { ...notes, say: noteDeliveries(notes, name) },
  });
  let endOutage: (() => void) | undefined;

  function leave(): void {
    endOutage ??= notes.log.begin('replica', name);
  }
  function comeBack(): void {
    endOutage?.();
    endOutage = undefined;
  }

  leave();
  return {
    sid: name,
    address: `127.0.0.1:${ports.own}`,
    peer: `http://127.0.0.1:${frontGate.port} route=${name} max_fails=0`,
    frontGate,
    databaseGate,
    isAway: () => endOutage !== undefined,
    async start() {
      endDrains(
        notes.drains.filter(({ sid }) => sid === name),
        notes.nowMs(),
      );
      await child.start();
      comeBack();
    },
    kill() {
      leave();
      child.kill();
    },
    async stop() {
      leave();
      const askedAtMs = notes.nowMs();
      const exitCode = await child.stop();
      const endedAtMs = notes.nowMs();
      const isBehindGate = true;
      notes.drains.push({ sid: name, askedAtMs, endedAtMs, exitCode, isBehindGate, startedAgainAtMs: NEVER_MS });
    },
    pause() {
      leave();
      child.signal('SIGSTOP');
    },
    resume() {
      child.signal('SIGCONT');
      comeBack();
    },
    stepClock: (ms) => clock.step(child, ms),
    async close() {
      child.kill();
      await Promise.all([frontGate.shut(), databaseGate.shut()]);
    },
  };
}
