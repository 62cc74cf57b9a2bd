import { expect, onTestFinished, test, vi } from 'vitest';
import { serverId } from '../../../app/affinity/server-id.ts';
import { createOutageLog, NEVER_MS } from '../../outages.ts';
import type { RunContext } from '../stack.ts';
import type { Cluster, Machine } from './cluster.ts';
import type { Container } from './engine.ts';
import { type Reaches, watchReplicas } from './replicas.ts';

const container = (id: string, address: string): Container => {
  return { id, service: 'origin', isRunning: true, isHealthy: true, exitCode: undefined, address };
};

function watched(containers: Container[], reaches: Reaches = async () => true) {
  let nowMs = 0;
  const log = createOutageLog(() => nowMs);
  const notes = { log, nowMs: () => ++nowMs, deaths: [] as unknown[] } as RunContext;
  const wanted = new Set(['a', 'b']);
  const engine = { host: '', containers: async () => containers, wanted: async () => wanted, docker: async () => '' };
  const machine: Machine = { number: 1, name: 'machine-1', url: '', engine, state: 'up', front: 'whole' };
  const cluster = { stack: 's', machines: [machine], notes } as unknown as Cluster;
  const replicas = watchReplicas(cluster, reaches, 1);
  onTestFinished(replicas.stop);
  return { replicas, machine, wanted, outages: log.outages };
}

const A = { what: 'replica', name: serverId('10.0.1.1:5000') };

test('a replica is available when every front reaches it, and unavailable when Swarm stops it', async () => {
  let isReached = false;
  const { replicas, outages, wanted } = watched([container('a', '10.0.1.1')], async () => isReached);
  await vi.waitFor(() => expect(replicas.all()).toHaveLength(1));
  expect(replicas.present()).toEqual([]);
  expect(outages).toEqual([{ ...A, fromMs: 0, untilMs: NEVER_MS }]);
  isReached = true;
  await vi.waitFor(() => expect(replicas.present()).toHaveLength(1));
  wanted.delete('a');
  await vi.waitFor(() => expect(replicas.present()).toEqual([]));
  expect(outages).toMatchObject([A, { ...A, untilMs: NEVER_MS }]);
  expect(outages[0]?.untilMs).toBeLessThan(NEVER_MS);
});

test('all replicas of a lost machine are unavailable until it is back', async () => {
  const { replicas, machine } = watched([container('a', '10.0.1.1'), container('b', '10.0.1.2')]);
  await vi.waitFor(() => expect(replicas.present()).toHaveLength(2));
  machine.state = 'cut';
  replicas.lost(machine);
  expect(replicas.present()).toEqual([]);
  machine.state = 'up';
  await vi.waitFor(() => expect(replicas.present()).toHaveLength(2));
});

test('a replica that has the address of an earlier one is another container', async () => {
  const containers = [container('a', '10.0.1.1')];
  const { replicas, wanted } = watched(containers);
  const present = () => replicas.present().map(({ containerId }) => containerId);
  await vi.waitFor(() => expect(present()).toEqual(['a']));
  wanted.delete('a');
  await vi.waitFor(() => expect(present()).toEqual([]));
  containers.splice(0, 1, container('b', '10.0.1.1'));
  await vi.waitFor(() => expect(present()).toEqual(['b']));
  expect(replicas.all()).toHaveLength(1);
});
