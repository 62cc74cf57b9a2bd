import { expect, test } from 'vitest';
import { serverId } from '../../../app/affinity/server-id.ts';
import type { Replica } from '../../../testkit/docker/stack.ts';
import { createOutageLog, NEVER_MS } from '../../outages.ts';
import { createComposeReplicas } from './replicas.ts';

const replica = (id: string, address: string): Replica => ({ id, name: id, address });
const [first, second] = [replica('1', '10.0.0.1:5000'), replica('2', '10.0.0.2:5000')];

async function setUp() {
  const clock = { ms: 0 };
  const running = [first, second];
  const isReady = new Map<string, PromiseWithResolvers<void>>();
  const log = createOutageLog(() => clock.ms);
  const untilReady = ({ address }: Replica) => isReady.get(address)?.promise ?? Promise.resolve();
  const stack = { replicas: async () => [...running] };
  const replicas = createComposeReplicas(stack, { untilReady }, { log, nowMs: () => clock.ms });
  await replicas.look();
  const outagesOf = ({ address }: Replica) => log.outages.filter(({ name }) => name === serverId(address));
  return { clock, running, isReady, replicas, outagesOf };
}

test('a replica that was down is not present until it is ready, even if Docker reports it as running', async () => {
  const { clock, isReady, replicas, outagesOf } = await setUp();
  clock.ms = 1000;
  replicas.away([first]);
  expect(replicas.present()).toEqual([second]);
  isReady.set(first.address, Promise.withResolvers());
  const looking = replicas.look();
  clock.ms = 2000;
  expect(replicas.present()).toEqual([second]);
  isReady.get(first.address)?.resolve();
  await looking;
  expect(replicas.present()).toEqual([first, second]);
  expect(outagesOf(first).at(-1)).toMatchObject({ fromMs: 1000, untilMs: 2000 });
});

test('a replica that is no longer seen has gone, and one that is first seen has come', async () => {
  const { clock, running, replicas, outagesOf } = await setUp();
  clock.ms = 5000;
  const third = replica('1', '10.0.0.3:5000');
  running.splice(0, 1, third);
  await replicas.look(4000);
  expect(replicas.present()).toEqual([third, second]);
  expect(outagesOf(first).at(-1)).toMatchObject({ fromMs: 4000, untilMs: NEVER_MS });
  expect(outagesOf(third)).toMatchObject([{ fromMs: 0, untilMs: 5000 }]);
  expect(replicas.all()).toHaveLength(3);
});
