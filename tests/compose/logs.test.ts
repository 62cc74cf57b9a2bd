import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStack, type Stack } from '../../testkit/docker/stack.ts';
import { createVisitor } from '../../testkit/http/visitor.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await createStack({ ORIGIN_REPLICAS: '2' });
  await stack.compose('up', '--detach', '--wait', '--build');
});

afterAll(async () => {
  await stack.remove();
});

interface LogLine {
  msg: string;
  visit?: number;
}

async function config(): Promise<{ name: string; services: Record<string, { logging?: unknown }> }> {
  return JSON.parse(await stack.compose('--profile', 'edge', 'config', '--format', 'json'));
}

/** Returns the lines in the volume of logs, whether or not replicas run. */
async function keptLines(): Promise<LogLine[]> {
  const { name } = await config();
  const volume = `${name}_origin-logs:/logs:ro`;
  const read = ['run', '--rm', '--volume', volume, `${name}-origin`, 'sh', '-c', 'cat /logs/*.log'];
  const { code, stdout, stderr } = await stack.run('docker', ...read);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as LogLine]));
}

function visitsIn(lines: LogLine[]): number[] {
  return lines.flatMap(({ msg, visit }) => (msg === 'request' && visit ? [visit] : [])).sort((a, b) => a - b);
}

test('the log of the replicas outlives their containers, and continues with new ones', async () => {
  const visitor = createVisitor(stack.url);
  for (const number of [1, 2]) expect((await visitor.visit()).visit).toBe(number);
  await stack.compose('rm', '--stop', '--force', 'origin');
  const lines = await keptLines();
  expect(visitsIn(lines)).toEqual([1, 2]);
  expect(lines.filter(({ msg }) => msg === 'drained')).toHaveLength(2);

  await stack.compose('up', '--detach', '--wait', '--no-deps', 'origin');
  expect((await visitor.visit()).visit).toBe(3);
  visitor.close();
  await stack.compose('rm', '--stop', '--force', 'origin');
  expect(visitsIn(await keptLines())).toEqual([1, 2, 3]);
});

test('what Docker keeps of standard output is bounded, for every service', async () => {
  const { services } = await config();
  const bounded = { driver: 'local', options: { 'max-size': '10m', 'max-file': '3' } };
  const names = ['db', 'edge', 'migrate', 'nginx', 'origin', 'secrets', 'users'];
  expect(Object.keys(services)).toEqual(expect.arrayContaining(names));
  for (const [name, { logging }] of Object.entries(services)) expect([name, logging]).toEqual([name, bounded]);
});
