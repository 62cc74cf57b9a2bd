import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { send } from '../../testkit/http/send.ts';
import { type OriginProcess, startOrigin } from '../../testkit/processes/origin.ts';

describe('a replica with a folder for logs', () => {
  let folder: string;
  let logs: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    logs = join(folder, 'logs');
  });

  async function start(): Promise<OriginProcess> {
    const databaseUrl = `file:${join(folder, 'visits.sqlite')}`;
    const origin = await startOrigin({ DATABASE_URL: databaseUrl, LOG_DIRECTORY: logs });
    onTestFinished(origin.stop);
    return origin;
  }

  const stop = async (origin: OriginProcess, signal: NodeJS.Signals) => {
    origin.process.kill(signal);
    return (await origin.exited).code;
  };

  test('writes the same lines there as to standard output, to the last one', async () => {
    const origin = await start();
    for (let i = 0; i < 5; i++) await send(origin.url);
    expect(await stop(origin, 'SIGTERM')).toBe(0);
    const [file, ...others] = await readdir(logs);
    expect([file, others]).toEqual([`mooring-${origin.address.replace(':', '-')}.1.log`, []]);
    expect(await readFile(join(logs, file as string), 'utf8')).toBe(origin.output());
    expect(origin.logLines().filter(({ msg }) => msg === 'request')).toHaveLength(5);
    expect(origin.logLines().at(-1)).toMatchObject({ msg: 'drained' });
  });

  test('can be read by its owner only, and so can its database, whatever the umask', async () => {
    const umask = process.umask(0);
    const origin = await start().finally(() => process.umask(umask));
    await send(origin.url);
    const [file] = (await readdir(logs)) as [string];
    const database = (await readdir(folder)).filter((name) => name.startsWith('visits.sqlite'));
    expect(database).toContain('visits.sqlite');
    for (const path of [join(logs, file), ...database.map((name) => join(folder, name))]) {
      expect([path, ((await stat(path)).mode & 0o777).toString(8)]).toEqual([path, '600']);
    }
  });

  test('has written there what it logged until a second before it was killed', async () => {
    const origin = await start();
    await send(origin.url);
    const [file] = (await readdir(logs)) as [string];
    await vi.waitFor(async () => expect(await readFile(join(logs, file), 'utf8')).toContain('"msg":"request"'), {
      timeout: 10_000,
    });
    expect(await stop(origin, 'SIGKILL')).toBe(null);
    expect(await readFile(join(logs, file), 'utf8')).toBe(origin.output());
  });

  test('shares it with other replicas', async () => {
    const origins = await Promise.all([start(), start(), start()]);
    expect(await Promise.all(origins.map((origin) => stop(origin, 'SIGTERM')))).toEqual([0, 0, 0]);
    const names = origins.map(({ address }) => `mooring-${address.replace(':', '-')}.1.log`);
    expect(await readdir(logs)).toEqual(names.sort());
  });

  test('continues when its file cannot be written, reports it once, and stops cleanly', async () => {
    const origin = await start();
    const [file] = (await readdir(logs)) as [string];
    await rm(join(logs, file));
    await mkdir(join(logs, file));
    const failures = () => origin.logLines().filter(({ msg }) => msg === 'log file failed');
    await vi.waitFor(
      async () => {
        expect((await send(origin.url)).status).toBe(200);
        expect(failures()).toMatchObject([{ level: 'error', cause: { code: 'EISDIR' } }]);
      },
      { timeout: 10_000 },
    );
    expect((await send(origin.url)).status).toBe(200);
    expect(await stop(origin, 'SIGTERM')).toBe(0);
    expect(failures()).toHaveLength(1);
    expect(origin.logLines().at(-1)).toMatchObject({ msg: 'drained' });
  });
});
