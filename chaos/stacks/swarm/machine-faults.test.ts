import { expect, test } from 'vitest';
import type { FaultKind } from '../../fault.ts';
import type { Recovery } from '../../history.ts';
import { createOutageLog } from '../../outages.ts';
import type { RunContext } from '../stack.ts';
import type { Machine } from './cluster.ts';
import { createSwarmFaults } from './faults.ts';
import type { SwarmParts } from './parts.ts';

interface Given {
  isWhole?: boolean;
  primary?: number;
}

function prepared({ isWhole = true, primary = 1 }: Given = {}) {
  const done: string[] = [];
  const note = (what: string) => async (machine: number) => void done.push(`${what} ${machine}`);
  let nowMs = 0;
  const notes = {
    log: createOutageLog(() => ++nowMs),
    recoveries: [] as Recovery[],
    nowMs: () => ++nowMs,
    say: () => {},
  } as unknown as RunContext;
  const machines = [1, 2, 3].map((number): Machine => {
    const service = `db-${number}`;
    const running = { id: service, service, isRunning: true, isHealthy: true, exitCode: undefined, address: undefined };
    const engine = {
      host: '',
      docker: async (...args: string[]) => `${done.push(`docker at ${number}: ${args.join(' ')}`)}`,
      containers: async () => [running, { ...running, id: `nginx-${number}`, service: 'nginx' }],
      wanted: async () => new Set<string>(),
    };
    return { number, name: `machine-${number}`, url: '', engine, state: 'up', front: 'whole' };
  });
  const control = { kill: note('kill'), start: note('start'), cut: note('cut'), heal: note('heal') };
  const parts = {
    cluster: { stack: 's', machines, control, notes },
    group: {
      primary: async () => primary,
      isWhole: async () => isWhole,
      isOnline: async () => true,
      isSettled: async () => true,
    },
    replicas: { present: () => [], all: () => [], away: () => {}, lost: () => {}, expectEnd: () => {} },
    fronts: {
      lost: ({ name }: Machine) => void done.push(`lost ${name}`),
      doubt: ({ name }: Machine) => void done.push(`doubt ${name}`),
      untilBack: async ({ name }: Machine) => void done.push(`back ${name}`),
    },
    replicaCount: 0,
    databaseFoundWithinMs: 0,
    steadyMs: 2,
    operate: async ({ name }: Machine, script: string, ...args: string[]) => {
      done.push([name, script, ...args].join(' '));
      return { code: 0, stdout: '', stderr: '' };
    },
  } as unknown as SwarmParts;
  const { faults, missing } = createSwarmFaults(parts);
  const inject = (kind: FaultKind, choice = 1) => faults[kind]?.({ kind, atMs: 0, lengthMs: 1, choice });
  return { done, notes, machines, inject, faults, missing };
}

const ALL_BACK = ['back machine-1', 'back machine-2', 'back machine-3'];
const ALL_DOUBTED = ['doubt machine-1', 'doubt machine-2', 'doubt machine-3'];

const outages = ({ log }: RunContext) => log.outages.map(({ what, untilMs }) => [what, untilMs < 1000]);

test.each<[FaultKind, string, string[]]>([
  [
    'power-off-machine',
    'machine-2 with a secondary',
    ['lost machine-2', 'kill 2', 'start 2', ...ALL_DOUBTED, ...ALL_BACK],
  ],
  ['cut-machine', 'machine-2 with a secondary', ['lost machine-2', 'cut 2', 'heal 2', ...ALL_DOUBTED, ...ALL_BACK]],
  ['restart-front', 'Nginx of machine-2', ['lost machine-2', 'docker at 2: kill nginx-2', 'back machine-2']],
  ['kill-primary', 'db-1 on machine-1', ['docker at 1: kill db-1']],
  [
    'lose-majority',
    'all but machine-2; the group went on by itself',
    ['lost machine-1', 'cut 1', 'lost machine-3', 'cut 3', 'heal 1', 'heal 3', ...ALL_DOUBTED, ...ALL_BACK],
  ],
])('%s takes something away and gives it back', async (kind, detail, steps) => {
  const { done, notes, machines, inject } = prepared();
  expect(await inject(kind)).toBe(detail);
  expect(done).toEqual(steps);
  expect(machines.map(({ state }) => state)).toEqual(['up', 'up', 'up']);
  expect(outages(notes)).toEqual(kind === 'restart-front' ? [] : [['database', true]]);
  expect(notes.recoveries.filter(({ untilMs }) => untilMs === undefined)).toEqual([]);
});

test('an emptied machine boots without its member, which copies the data of another one', async () => {
  const { done, inject } = prepared({ primary: 2 });
  expect(await inject('empty-machine', 0)).toBe('machine-2 with the primary');
  expect(done).toEqual([
    'lost machine-2',
    'kill 2',
    'docker at 1: service update --quiet --detach --replicas 0 s_db-2',
    'start 2',
    'docker at 2: node ls',
    'machine-2 deploy/swarm/group.sh rebuild --force --timeout 480',
    ...ALL_DOUBTED,
    ...ALL_BACK,
  ]);
});

test('half of the choices are the machine with the primary', async () => {
  const details = await Promise.all([0, 1, 2, 3].map((choice) => prepared().inject('cut-machine', choice)));
  expect(details).toEqual([
    'machine-1 with the primary',
    'machine-2 with a secondary',
    'machine-1 with the primary',
    'machine-3 with a secondary',
  ]);
});

test.each<FaultKind>(['power-off-machine', 'cut-machine', 'empty-machine', 'lose-majority', 'kill-primary'])(
  '%s does not happen to a group that lacks a member',
  async (kind) => {
    const { done, notes, inject } = prepared({ isWhole: false });
    expect(await inject(kind)).toBeUndefined();
    expect([done, notes.log.outages]).toEqual([[], []]);
  },
);

test('every other fault has a reason why it is missing', () => {
  const { faults, missing } = prepared();
  expect(Object.keys(missing)).toContain('update-and-up');
  expect(Object.keys(missing).filter((kind) => kind in faults)).toEqual([]);
});
