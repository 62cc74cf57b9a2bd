import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import { runCluster } from '../../testkit/processes/cluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'mooring-'));
const EMBEDDED = `file:${join(folder, 'visits.sqlite')}`;
afterAll(() => rmSync(folder, { recursive: true }));

async function refusal(flags: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number | null; output: string }> {
  const cluster = runCluster(flags, env);
  const [code] = await once(cluster.process, 'exit');
  return { code, output: cluster.output() };
}

test.each([
  ['an unknown flag', ['--nonsense'], /Unknown option '--nonsense'/],
  [
    'no app',
    ['--app', 'examples/none'],
    /--app: expected a folder with a routes\.ts, .* got "\/.*\/examples\/none", which does not exist; for example --app ex/,
  ],
  ['no number of replicas', ['--replicas', 'many'], /--replicas: expected a whole number from 1 to 50, got "many"/],
  ['no replica', ['--replicas', '0'], /--replicas: expected a whole number from 1 to 50, got "0"/],
  ['too many replicas', ['--replicas', '51'], /--replicas: expected a whole number from 1 to 50, got "51"/],
  ['no port', ['--port', '65536'], /--port: expected a whole number from 1 to 65535, got "65536"/],
  ["a replica's port for the edge", ['--port', '5002'], /--port: 5002 is a replica's \(5001 to 5003\)/],
  ["a replica's port for metrics", ['--metrics-port', '4999'], /--metrics-port: 5001 is a replica's \(5001 to 5003\)/],
  ["the edge's port for metrics", ['--metrics-port', '8079'], /--metrics-port: 8080 is the edge's/],
  ['no port for metrics', ['--metrics-port', 'on'], /--metrics-port: expected a whole number from 1 to \d+, got "on"/],
  [
    'no database',
    ['--database', 'postgres://u:secret@h/d'],
    /--database: expected mysql:\/\/user@host.* got "postgres:\/\/u:\*\*\*@h\/d"/,
  ],
  [
    'an unreachable database',
    ['--database', 'mysql://u:secret@127.0.0.1:1/d'],
    /mysql:\/\/u@127.0.0.1:1\/d cannot be used: connect ECONNREFUSED/,
  ],
])('%s is rejected with exit code 2 and one line with the reason', async (_what, flags, reason) => {
  const { code, output } = await refusal(flags);
  expect(output).toMatch(reason);
  expect(output).toMatch(/^mooring: /);
  expect(output).not.toContain('secret');
  expect(code).toBe(2);
});

test.each([
  ['the edge', 0],
  ['a replica', 2],
  ["a replica's metrics", 6],
])('when the port of %s is in use the start fails, and no process is left', async (_whose, taken) => {
  const first = await freePortRange(8);
  const squatter = createServer().listen(first + taken, '127.0.0.1');
  await once(squatter, 'listening');
  const { port } = squatter.address() as AddressInfo;

  const { code, output } = await refusal([
    '--port',
    `${first}`,
    '--replica-port',
    `${first + 1}`,
    '--metrics-port',
    `${first + 4}`,
    '--database',
    EMBEDDED,
  ]);
  expect(output).toMatch(new RegExp(`^Starting .*\nmooring: port ${port} of 127.0.0.1, .* is in use\n$`));
  expect(code).toBe(2);
  squatter.close();
});

test('a setting that the replicas reject is rejected by the cluster with the same message', async () => {
  const first = await freePortRange(8);
  const flags = ['--port', `${first}`, '--replica-port', `${first + 1}`, '--database', EMBEDDED];
  const { code, output } = await refusal(flags, { VISIT_QUEUE_LIMIT: 'big' });
  expect(output).toMatch(/VISIT_QUEUE_LIMIT: expected a whole number from 1 to 1000000, got "big"/);
  expect(output).toMatch(/mooring: replica 127.0.0.1:\d+ exited with code 2 before it was ready/);
  expect(code).toBe(2);
});
