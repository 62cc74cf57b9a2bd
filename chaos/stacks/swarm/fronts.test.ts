import { expect, test } from 'vitest';
import { serveHttp } from '../../../testkit/http/serve.ts';
import type { Recovery } from '../../history.ts';
import { createOutageLog, NEVER_MS } from '../../outages.ts';
import type { RunContext } from '../stack.ts';
import type { Cluster, Machine } from './cluster.ts';
import { createFronts } from './fronts.ts';

test('a front is back when one Nginx that Swarm keeps has answered for a while, and whole when it reaches all replicas', async () => {
  let nowMs = 0;
  const log = createOutageLog(() => nowMs);
  const notes = { log, recoveries: [] as Recovery[], nowMs: () => ++nowMs } as unknown as RunContext;
  // The first Nginx is replaced by the second, which Swarm keeps.
  const running = ['first', 'first', 'second'];
  const looked: string[] = [];
  const engine = {
    containers: async () => {
      const id = running.length > 1 ? running.shift() : running[0];
      looked.push(`${id}`);
      return [{ id, service: 'nginx', isRunning: true }];
    },
    wanted: async () => new Set(looked.length < 2 ? [] : looked.slice(-1)),
  };
  const address = await serveHttp(({ headers }, response) => {
    const server = headers.cookie === 'srv_id=a' ? '10.0.1.1:5000' : '10.0.1.2:5000';
    response.setHeader('X-Served-By', server).end('{"count":1}');
  });
  const machine = { number: 1, name: 'machine-1', url: `http://${address}`, engine, state: 'up' } as unknown as Machine;
  const cluster = { machines: [machine], notes } as unknown as Cluster;
  const fronts = createFronts(cluster, () => [{ sid: 'a', address: '10.0.1.1:5000' }], 3);
  fronts.lost(machine);
  expect(machine.front).toBe('away');
  await fronts.untilBack(machine);
  expect(machine.front).toBe('whole');
  expect(looked.slice(0, 3)).toEqual(['first', 'first', 'second']);
  expect(looked.length).toBeGreaterThan(3);
  expect(log.outages.map(({ what, name, untilMs }) => [what, name, untilMs < 1000])).toEqual([
    ['front', 'machine-1', true],
    ['peers', 'machine-1', true],
  ]);
});

test('a front that may lose replicas is whole when it has reached all of them for a while', async () => {
  let nowMs = 0;
  const log = createOutageLog(() => nowMs);
  const notes = { log, recoveries: [] as Recovery[], nowMs: () => ++nowMs } as unknown as RunContext;
  const servers = ['10.0.1.1:5000', '10.0.1.2:5000'];
  const asked: string[] = [];
  const address = await serveHttp((_, response) => {
    const server = servers.shift() ?? '10.0.1.1:5000';
    asked.push(server);
    response.setHeader('X-Served-By', server).end('{"count":1}');
  });
  const machine = { number: 1, name: 'machine-1', url: `http://${address}`, state: 'up', front: 'whole' } as Machine;
  const cluster = { machines: [machine], notes } as unknown as Cluster;
  const fronts = createFronts(cluster, () => [{ sid: 'a', address: '10.0.1.1:5000' }], 3);
  fronts.doubt(machine);
  await fronts.untilBack(machine);
  expect(asked.slice(0, 3)).toEqual(['10.0.1.1:5000', '10.0.1.2:5000', '10.0.1.1:5000']);
  expect(asked.length).toBeGreaterThan(3);
  expect(log.outages).toMatchObject([{ what: 'peers', name: 'machine-1' }]);
});

test('a front that is lost while it may lack replicas cannot be reached until it answers again', async () => {
  const log = createOutageLog(() => 1);
  let nowMs = 0;
  const notes = { log, recoveries: [] as Recovery[], nowMs: () => ++nowMs } as unknown as RunContext;
  const address = await serveHttp((_, response) => response.end('{"count":1}'));
  const running = { id: 'nginx-1', service: 'nginx', isRunning: true };
  const engine = { containers: async () => [running], wanted: async () => new Set(['nginx-1']) };
  const machine = {
    name: 'machine-1',
    url: `http://${address}`,
    engine,
    state: 'up',
    front: 'whole',
  } as unknown as Machine;
  const fronts = createFronts({ machines: [machine], notes }, () => [], 3);
  const whatIsOut = () => log.outages.filter(({ untilMs }) => untilMs === NEVER_MS).map(({ what }) => what);
  fronts.doubt(machine);
  const doubted = fronts.untilBack(machine);
  fronts.lost(machine);
  expect([machine.front, whatIsOut()]).toEqual(['away', ['peers', 'front']]);
  await doubted;
  expect(machine.front).toBe('away');
  expect(notes.recoveries).toEqual([]);
  await fronts.untilBack(machine);
  expect([machine.front, whatIsOut()]).toEqual(['whole', []]);
});
