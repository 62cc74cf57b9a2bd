import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { countVisits, expectAllCounted, expectSoundLedger } from '../../testkit/docker/ledger.ts';
import { createStack, type Replica, type Stack } from '../../testkit/docker/stack.ts';
import { answeredNumbers, serversInTurn } from '../../testkit/http/visitor.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await createStack();
  await stack.compose('up', '--detach', '--wait', '--build');
});

afterAll(async () => {
  await stack.remove();
});

test('docker kill -s KILL of a replica fails no visit; its clients move, the others stay', async () => {
  const [victim] = (await stack.replicas()) as [Replica, ...Replica[]];
  const before = await countVisits(stack);
  const visitors = stack.startVisitors(32);
  await vi.waitFor(async () => expect(await countVisits(stack)).toBeGreaterThan(before + 500), { timeout: 60_000 });
  await stack.run('docker', 'kill', '--signal', 'KILL', victim.id);
  const atKill = await countVisits(stack);
  await vi.waitFor(async () => expect(await countVisits(stack)).toBeGreaterThan(atKill + 2000), { timeout: 60_000 });
  const trails = await visitors.stop();

  await expectAllCounted(stack, trails, before);
  for (const [first, ...rest] of trails.map(serversInTurn)) {
    expect(rest).toHaveLength(first === victim.address ? 1 : 0);
  }
  await stack.compose('up', '--detach', '--wait', '--no-recreate');
  expect(await stack.replicas()).toHaveLength(3);
});

test('a restart of the database is answered 503 with Retry-After and then 200; nothing is lost or double', async () => {
  const before = await countVisits(stack);
  const visitors = stack.startVisitors(32);
  await stack.compose('restart', 'db');
  await stack.compose('up', '--detach', '--wait', '--no-recreate');
  const atReturn = await countVisits(stack);
  await vi.waitFor(async () => expect(await countVisits(stack)).toBeGreaterThan(atReturn + 500), { timeout: 60_000 });
  const trails = await visitors.stop();

  expect(trails.flatMap(({ errors }) => errors)).toEqual([]);
  const answers = trails.flatMap((trail) => trail.answers);
  expect(
    answers.filter(({ status, headers }) => status !== 200 && !(status === 503 && headers['retry-after'])),
  ).toEqual([]);
  expect(trails.map((trail) => trail.answers.at(-1)?.status)).toEqual(trails.map(() => 200));
  const numbers = answeredNumbers(trails);
  expect(numbers).toEqual(numbers.map((_, index) => before + 1 + index));
  await expectSoundLedger(stack);
});
