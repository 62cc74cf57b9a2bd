import { join } from 'node:path';
import { createTcpGate, type FaultProxy } from '../../testkit/network/fault-proxy.ts';
import type { ReplicaName } from '../history.ts';
import { endDrains, NEVER_MS } from '../outages.ts';
import { createLocalProcess } from './local-process.ts';
import { noteDeliveries } from './log-deliveries.ts';
import type { RunContext } from './stack.ts';
import { createStepClock } from './step-clocks.ts';

export interface LocalReplicaOptions {
  name: string;
  /** Where the sources are. */
  root: URL;
  /** A folder for what it is told while it runs. */
  folder: string;
  /** Its own, and those of the gates before it and before its database. */
  ports: { own: number; front: number; database: number };
  databaseUrl: string;
  notes: RunContext;
}

/** A replica of this machine between two gates: one before it, one before its database. Its outages are noted. */
export interface LocalReplica extends ReplicaName {
  /** How the worker is told of it. */
  peer: string;
  frontGate: FaultProxy;
  databaseGate: FaultProxy;
  /** Whether it was killed, stopped or paused and has not come back. */
  isAway(): boolean;
  start(): Promise<void>;
  kill(): void;
  /** Asks it to stop and waits until it has. */
  stop(): Promise<void>;
  pause(): void;
  resume(): void;
  stepClock(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Builds a replica that is not there yet. */
export async function createLocalReplica(options: LocalReplicaOptions): Promise<LocalReplica> {
  const { name, root, folder, ports, notes } = options;
  const databaseUrl = new URL(options.databaseUrl);
  const frontGate = await createTcpGate(ports.own, { port: ports.front });
  const databaseGate = await createTcpGate(Number(databaseUrl.port || 3306), {
    targetHost: databaseUrl.hostname,
    port: ports.database,
  });
  databaseUrl.hostname = '127.0.0.1';
  databaseUrl.port = `${databaseGate.port}`;
  const clock = await createStepClock(root, join(folder, `${name}.clock`));
  const child = createLocalProcess({
    name,
    root,
    script: 'origin/main.ts',
    env: {
      HOST: '127.0.0.1',
      PORT: `${ports.own}`,
      SERVER_IP: '127.0.0.1',
      TRUST_PROXY: 'nginx from loopback',
      // The balancer dials the gate: the server id cannot be made of the replica's own address.
      SERVER_ROUTE: name,
      DATABASE_URL: databaseUrl.href,
      // The least there is, so that a step of a clock can go beyond it.
      ACCESS_LOG_RETENTION_HOURS: '1',
      // Requests are logged: it is seen there which POSTs have reached the replica.
      LOG_LEVEL: 'info',
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
