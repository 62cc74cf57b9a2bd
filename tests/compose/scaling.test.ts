import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { countVisits, expectAllCounted, expectSoundLedger } from '../../testkit/docker/ledger.ts';
import { createStack, type Stack } from '../../testkit/docker/stack.ts';
import { serversInTurn, type Trail } from '../../testkit/http/visitor.ts';

const CLIENTS = 32;

let stack: Stack;

beforeAll(async () => {
  stack = await createStack();
  await stack.compose('up', '--detach', '--wait', '--build');
});

afterAll(async () => {
  await stack.remove();
});

async function addresses(): Promise<string[]> {
  return (await stack.replicas()).map(({ address }) => address);
}

/** Expects that only the clients of removed replicas moved, and that they moved to a replica that stays. */
function expectOnlyTheirsMoved(trails: Trail[], gone: string[]): void {
  for (const turns of trails.map(serversInTurn)) {
    const left = turns.slice(0, -1);
    expect(left.filter((server) => !gone.includes(`${server}`))).toEqual([]);
    expect(gone).not.toContain(turns.at(-1));
  }
}

async function underLoad(change: () => Promise<void>): Promise<Trail[]> {
  const before = await countVisits(stack);
  const visitors = stack.startVisitors(CLIENTS);
  const newcomers = stack.startVisitors(4, { forgetful: true });
  await change();
  // Check what must hold from a moment later on, too: Nginx notices removed replicas within a second.
  const atChange = await countVisits(stack);
  await vi.waitFor(async () => expect(await countVisits(stack)).toBeGreaterThan(atChange + 3000), { timeout: 60_000 });
  const trails = await visitors.stop();
  await expectAllCounted(stack, [...trails, ...(await newcomers.stop())], before);
  return trails;
}

async function script(...command: [string, ...string[]]): Promise<string> {
  const { code, stdout, stderr } = await stack.run(...command);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

test('scale.sh from 3 to 6 loses no visit and moves no client', async () => {
  const trails = await underLoad(async () => {
    const printed = await script('./scale.sh', '6');
    expect(printed.match(/\(healthy\)/g)).toHaveLength(6);
  });
  expectOnlyTheirsMoved(trails, []);
  expect(await addresses()).toHaveLength(6);
});

test('scale.sh from 6 to 2 loses no visit and moves only the clients of the removed replicas', async () => {
  const before = await addresses();
  const trails = await underLoad(async () => {
    await script('./scale.sh', '2');
  });
  const after = await addresses();
  expect(after).toHaveLength(2);
  expectOnlyTheirsMoved(
    trails,
    before.filter((address) => !after.includes(address)),
  );
});

test('update.sh replaces every replica and loses no visit', async () => {
  const before = await addresses();
  const trails = await underLoad(async () => {
    await script('./update.sh');
  });
  const after = await addresses();
  expect(after).toHaveLength(before.length);
  expect(after.filter((address) => before.includes(address))).toEqual([]);
  expectOnlyTheirsMoved(trails, before);
});

test('nginx -s reload loses no visit and moves no client', async () => {
  const trails = await underLoad(async () => {
    await stack.compose('exec', '-T', 'nginx', 'nginx', '-s', 'reload');
  });
  expectOnlyTheirsMoved(trails, []);
  await expectSoundLedger(stack);
});

test.each([[[]], [['0']], [['51']], [['-1']], [['3.5']], [['three']], [['2', '3']], [['']]])(
  'scale.sh rejects %j with its usage and exit code 2',
  async (args) => {
    const { code, stderr } = await stack.run('./scale.sh', ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Usage: \.\/scale\.sh N/);
  },
);

test.each(['./scale.sh', './update.sh'])(
  '%s names the command that starts the stack when nothing runs',
  async (command) => {
    const idle = await createStack();
    const { code, stderr } = await idle.run(command, ...(command === './scale.sh' ? ['3'] : []));
    expect(code).toBe(2);
    expect(stderr).toMatch(/no replica is running: start the stack first, with docker compose up -d --wait/);
    await idle.remove();
  },
);
