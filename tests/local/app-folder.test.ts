import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { send } from '../../testkit/http/send.ts';
import { startCluster } from '../../testkit/processes/cluster.ts';
import { runOrigin } from '../../testkit/processes/origin.ts';

const NODE_MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** Makes an app outside of the project, with this file and the project's packages. */
async function makeApp(routes: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-app-'));
  onTestFinished(() => rm(folder, { recursive: true, maxRetries: 5 }));
  await symlink(NODE_MODULES, join(folder, 'node_modules'));
  await writeFile(join(folder, 'routes.ts'), routes);
  return folder;
}

const GREETING = `
import { Hono } from 'hono';
const create = ({ server }: { server: { sid: string } }) => new Hono().get('/', (c) => c.text(server.sid));
export const routes = [{ path: '/greeting', create }];
`;

test('an app in a folder of its own takes the place of the routes that ship with Mooring', async () => {
  const folder = await makeApp(GREETING);
  const database = `file:${join(folder, 'visits.sqlite')}`;
  const { edgeUrl, end } = await startCluster(database, ['--replicas', '2', '--app', folder]);
  onTestFinished(() => end('SIGTERM').then(() => {}));
  const first = await send(edgeUrl, { path: '/greeting' });
  const [cookie = ''] = first.setCookies[0]?.split(';') ?? [];
  expect(`srv_id=${first.body}`).toBe(cookie);
  const again = await send(edgeUrl, { path: '/greeting', headers: { Cookie: cookie } });
  expect([again.status, again.body.toString()]).toEqual([200, first.body.toString()]);
  for (const [path, status] of [
    ['/', 404],
    ['/showcount', 404],
    ['/dashboard', 404],
    ['/healthz', 200],
    ['/readyz', 200],
  ] as const) {
    expect([path, (await send(edgeUrl, { path })).status]).toEqual([path, status]);
  }
});

describe('a list of routes that cannot be used is refused at the start', () => {
  test.each([
    ['exports no routes', 'export const shop = [];', 'got one that exports shop; app/routes.ts is an example'],
    [
      'has a path twice',
      "const create = () => undefined; export const routes = [{ path: '/a', create }, { path: '/a/', create }];",
      'got two routes with the path /a; change or remove one in routes.ts',
    ],
  ])('it %s', async (_what, routes, problem) => {
    const origin = runOrigin(['--check'], { APP_FOLDER: await makeApp(routes) });
    onTestFinished(origin.stop);
    const { code, stderr } = await origin.exited;
    expect(stderr).toMatch(/^mooring origin: 1 setting is wrong:\n {2}APP_FOLDER: expected /);
    expect(stderr).toContain(problem);
    expect(code).toBe(2);
  });
});
