import { delay } from '../../../app/lib/delay.ts';
import { cutEdgeInRetry, cutReplicaInRetry } from '../cut-in-retry.ts';
import { pick } from '../pick.ts';
import type { InjectFault, Stack } from '../stack.ts';
import type { LocalParts } from './parts.ts';
import type { LocalReplica } from './replica.ts';

/** Creates the faults of a local stack's database and its connections. */
export function createLocalDatabaseFaults(parts: LocalParts): Pick<Stack, 'faults' | 'missing'> {
  const { database, notes, edgeDatabaseGate } = parts;
  const { holdCounter, power } = database;

  async function hang({ lengthMs }: Parameters<InjectFault>[0]): Promise<string> {
    const gates = [...parts.replicas.map(({ databaseGate }) => databaseGate), edgeDatabaseGate];
    const isBack = notes.log.begin('database');
    for (const gate of gates) gate.stall();
    await delay(lengthMs);
    for (const gate of gates) gate.resume();
    isBack();
    return 'for all';
  }

  /** Ends the database with `end` and starts it again with `start`. */
  const takeAway = (end: () => Promise<void>, start: () => Promise<void>): InjectFault => {
    return async ({ lengthMs }) => {
      const isBack = notes.log.begin('database');
      await end();
      await delay(lengthMs);
      await start();
      isBack();
      return 'MySQL';
    };
  };

  async function cutReplica({ sid, address, databaseGate }: LocalReplica, lengthMs: number): Promise<void> {
    const { lastRequestIds } = database;
    const options = { name: sid, sid, address, lengthMs, path: databaseGate, lastRequestIds, holdCounter, notes };
    if (!(await cutReplicaInRetry(options))) throw new Error(`${sid} does not trust this machine's request ids`);
  }

  async function cutEdge(lengthMs: number): Promise<void> {
    const replicas = [...parts.inService];
    await cutEdgeInRetry({
      sids: replicas.map(({ sid }) => sid),
      shutPeers: () => Promise.all(replicas.map(({ frontGate }) => frontGate.shut())),
      openPeers: () => Promise.all(replicas.map(({ frontGate }) => frontGate.open())),
      lengthMs,
      path: edgeDatabaseGate,
      holdCounter,
      notes,
    });
  }

  const faults: Stack['faults'] = {
    'hang-database': hang,
    async 'cut-in-retry'({ lengthMs, choice }) {
      const victims = [...parts.inService.filter((replica) => !replica.isAway()), undefined];
      const victim = pick(victims as [undefined], choice) as LocalReplica | undefined;
      await (victim ? cutReplica(victim, lengthMs) : cutEdge(lengthMs));
      return victim?.sid ?? 'the edge';
    },
  };
  if (!power) {
    const why = 'the MySQL server is not ours to stop';
    return { faults, missing: { 'kill-database': why, 'restart-database': why } };
  }
  faults['kill-database'] = takeAway(power.cut, power.restore);
  faults['restart-database'] = takeAway(power.halt, power.restore);
  return { faults, missing: {} };
}
