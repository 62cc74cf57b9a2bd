import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStack, type Replica, type Stack } from '../../testkit/docker/stack.ts';

let stack: Stack;
let replica: Replica;

beforeAll(async () => {
  stack = await createStack({ ORIGIN_REPLICAS: '1' });
  await stack.compose('up', '--detach', '--wait', '--build');
  [replica] = (await stack.replicas()) as [Replica];
});

afterAll(async () => {
  await stack.remove();
});

/** Runs a Node script in the replica. @returns its output */
async function inReplica(script: string): Promise<string> {
  return (await stack.run('docker', 'exec', replica.id, 'node', '--eval', script)).stdout.trim();
}

/** Returns the result of a connection from a service: `open`, or the reason why not. */
async function reach(service: 'nginx' | 'origin', host: string, port: number): Promise<string> {
  const attempt = `timeout 3 bash -c 'exec 3<>/dev/tcp/${host}/${port}' 2>/dev/null && echo open || echo unreachable`;
  return (await stack.compose('exec', '-T', service, 'bash', '-c', attempt)).trim();
}

describe('inside a replica', () => {
  test('no process runs as root', async () => {
    expect(await inReplica('console.log(process.getuid() > 0)')).toBe('true');
  });

  test('no file except the log can be written', async () => {
    const script =
      "try { fs.writeFileSync('/app/x', ''); console.log('written') } catch ({ code }) { console.log(code) }";
    expect(await inReplica(script)).toBe('EROFS');
    // The last one is /dev/null while DB_TLS_CA_FILE is not set.
    const unreal = ['/proc', '/sys', '/dev', '/run/secrets/db-ca.pem'].flatMap((path) => [
      '-path',
      path,
      '-prune',
      '-o',
    ]);
    const places = ['(', '-type', 'f', '-o', '-type', 'd', ')', '-writable', '-print'];
    const { stdout } = await stack.run('docker', 'exec', replica.id, 'find', '/', ...unreal, ...places);
    expect(stdout.split('\n').filter((path) => path !== '' && !path.startsWith('/var/log/mooring/'))).toEqual([
      '/var/log/mooring',
    ]);
  });

  test('there is no capability, and no way to get one', async () => {
    const status = await inReplica("console.log(fs.readFileSync('/proc/self/status', 'utf8'))");
    expect(status).toMatch(/^CapEff:\s0+$/m);
    expect(status).toMatch(/^CapBnd:\s0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\s1$/m);
  });

  test('it receives signals: it drains when it is asked to stop', async () => {
    await stack.run('docker', 'stop', replica.id);
    const { stdout } = await stack.run('docker', 'inspect', '--format', '{{.State.ExitCode}}', replica.id);
    // A health check may be answered, and logged, while it drains.
    const logs = await stack.run('docker', 'logs', '--tail', '4', replica.id);
    expect(logs.stdout.match(/"msg":"drain\w+"/g)).toEqual(['"msg":"draining"', '"msg":"drained"']);
    expect(stdout.trim()).toBe('0');
    await stack.run('docker', 'start', replica.id);
    await stack.compose('up', '--detach', '--wait', '--no-recreate');
  });
});

test.each([
  ['nginx', 'replica', 5000, 'open'],
  ['nginx', 'db', 3306, 'unreachable'],
  ['origin', 'db', 3306, 'open'],
  ['origin', 'db', 33060, 'unreachable'],
] as const)('from %s, %s:%i is %s', async (service, host, port, outcome) => {
  expect(await reach(service, host, port)).toBe(outcome);
});

test('only Nginx publishes a port', async () => {
  const published = await stack.compose('ps', '--format', '{{.Service}} {{.Publishers}}');
  const lines = published
    .trim()
    .split('\n')
    .filter((line) => /\b0\.0\.0\.0\b|127\.0\.0\.1/.test(line));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^nginx .*80/);
});

describe('passwords', () => {
  async function passwords(): Promise<string[]> {
    const read = (name: string) =>
      stack.compose('run', '--rm', '--no-deps', '-T', '--entrypoint', 'cat', 'users', `/run/secrets/${name}/password`);
    return Promise.all(['root', 'migrate', 'app'].map(read));
  }

  test('are in no environment, no command and no log', async () => {
    const secrets = await passwords();
    expect(new Set(secrets).size).toBe(3);
    expect(secrets.map((secret) => secret.length)).toEqual(secrets.map(() => expect.any(Number)));
    const ids = (await stack.compose('ps', '--all', '--quiet')).split('\n').filter(Boolean);
    const { stdout: inspected } = await stack.run('docker', 'inspect', ...ids);
    const told = [inspected, await stack.compose('logs'), await stack.compose('config')].join('\n');
    expect(told.length).toBeGreaterThan(1000);
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThanOrEqual(32);
      expect(told).not.toContain(secret);
    }
  });

  test("the app's opens its tables and nothing else", async () => {
    const grants = await stack.sql('show grants for `mooring`@`%`');
    expect(grants.slice(1).sort()).toEqual([
      'GRANT SELECT, INSERT, DELETE ON `mooring`.`access_log` TO `mooring`@`%`',
      'GRANT SELECT, INSERT, DELETE ON `mooring`.`applied_request` TO `mooring`@`%`',
      'GRANT SELECT, INSERT, UPDATE, DELETE ON `mooring`.`ended_session` TO `mooring`@`%`',
      'GRANT SELECT, INSERT, UPDATE, DELETE ON `mooring`.`replica` TO `mooring`@`%`',
      'GRANT SELECT, INSERT, UPDATE, DELETE ON `mooring`.`session` TO `mooring`@`%`',
      'GRANT SELECT, UPDATE ON `mooring`.`global_counter` TO `mooring`@`%`',
    ]);
    expect(grants[0]).toBe('GRANT USAGE ON *.* TO `mooring`@`%`');
  });

  test("the app's lets it remove old visits", async () => {
    const script = `(async () => {
      const { parseConfig } = await import('/app/origin/config.ts');
      const { openDatabase } = await import('/app/origin/database/open.ts');
      const { database } = await parseConfig({ env: process.env });
      const { store } = await openDatabase(database, console, { migrate: false });
      console.log(await store.purge({ ageMs: 3_600_000, upTo: 0, limit: 500 }));
      await store.close();
    })()`;
    expect(await inReplica(script)).toBe('0');
  });
});
