import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTcpGate, type TcpGate } from '../../tests/support/tcp-gate.ts';
import type { ReplicaName } from '../history.ts';
import { endDrains, NEVER_MS } from '../outages.ts';
import { createLocalProcess } from './local-process.ts';
import type { Notes } from './stack.ts';

export interface LocalReplicaOptions {
  name: string;
  /** Where the sources are. */
  root: URL;
  /** A folder for what it is told while it runs. */
  folder: string;
  /** Its own, and those of the gates before it and before its database. */
  ports: { own: number; front: number; database: number };
  databaseUrl: string;
  notes: Notes;
}

/** A replica of this machine between two gates: one before it, one before its database. Its outages are noted. */
export interface LocalReplica extends ReplicaName {
  /** How the worker is told of it. */
  peer: string;
  frontGate: TcpGate;
  databaseGate: TcpGate;
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
  const clockFile = join(folder, `${name}.clock`);
  await writeFile(clockFile, '0');
  const child = createLocalProcess({
    name,
    root,
    script: 'origin/node/main.ts',
    env: {
      HOST: '127.0.0.1',
      PORT: `${ports.own}`,
      SERVER_IP: '127.0.0.1',
      // The balancer dials the gate: the server id cannot be made of the replica's own address.
      SERVER_ROUTE: name,
      DATABASE_URL: databaseUrl.href,
      LOG_LEVEL: 'warn',
      NODE_OPTIONS: `--import=${new URL('chaos/stacks/clock.ts', root)}`,
      CHAOS_CLOCK_FILE: clockFile,
    },
    notes,
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
      notes.drains.push({ sid: name, askedAtMs, endedAtMs: notes.nowMs(), exitCode, startedAgainAtMs: NEVER_MS });
    },
    pause() {
      leave();
      child.signal('SIGSTOP');
    },
    resume() {
      child.signal('SIGCONT');
      comeBack();
    },
    async stepClock(ms) {
      await writeFile(clockFile, `${ms}`);
      child.signal('SIGUSR2');
    },
    async close() {
      child.kill();
      await Promise.all([frontGate.shut(), databaseGate.shut()]);
    },
  };
}
