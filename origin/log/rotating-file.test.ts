import { mkdir, mkdtemp, readdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type LogFile, type LogFileOptions, openLogFile } from './rotating-file.ts';

/** Longer than any test, so that the interval never triggers a write. */
const NEVER_MS = 3_600_000;

/** Retries a check for longer than the default of one second, because a busy machine needs longer to write. */
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 10_000 });

const FIRST = 'mooring-10.0.0.5-5000.1.log';

describe('a log in files', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mooring-'));
    onTestFinished(() => rm(directory, { recursive: true }));
  });

  async function open(options: Partial<LogFileOptions> = {}): Promise<LogFile> {
    const onFailure = (error: unknown) => expect.unreachable(`${error}`);
    const defaults = { directory, address: '10.0.0.5:5000', onFailure, flushIntervalMs: NEVER_MS };
    const log = await openLogFile({ ...defaults, ...options });
    onTestFinished(log.close);
    return log;
  }

  const read = (name = FIRST) => readFile(join(directory, name), 'utf8');

  test('buffers lines and writes them within its interval, in order', async () => {
    const log = await open({ flushIntervalMs: 250 });
    expect(await read()).toBe('');
    log.write('one\n');
    log.write('two\n');
    expect(await read()).toBe('');
    await eventually(async () => expect(await read()).toBe('one\ntwo\n'));
    log.write('three\n');
    await eventually(async () => expect(await read()).toBe('one\ntwo\nthree\n'));
  });

  test('writes a large amount before its interval has passed', async () => {
    const log = await open();
    const line = `${'x'.repeat(1023)}\n`;
    for (let i = 0; i < 256; i++) log.write(line);
    await eventually(async () => expect((await stat(join(directory, FIRST))).size).toBe(256 * 1024));
  });

  test('writes the rest when it is closed, including lines buffered during a write', async () => {
    const log = await open();
    const lines = Array.from({ length: 300 }, (_, index) => `${index} ${'x'.repeat(1023)}\n`);
    for (const line of lines) log.write(line);
    await log.close();
    expect(await read()).toBe(lines.join(''));
  });

  test('continues the last file of the same replica, and creates the folder', async () => {
    directory = join(directory, 'a', 'b');
    for (const line of ['one\n', 'two\n']) {
      const log = await open();
      log.write(line);
      await log.close();
    }
    const other = await open({ address: '10.0.0.5:50001' });
    other.write('other\n');
    await other.close();
    expect(await read()).toBe('one\ntwo\n');
    expect(await readdir(directory)).toEqual([FIRST, 'mooring-10.0.0.5-50001.1.log']);
  });

  test('begins the next file when one is full, and keeps five', async () => {
    const log = await open({ maxBytes: 8, flushIntervalMs: 1 });
    for (let number = 1; number <= 8; number++) {
      const name = `mooring-10.0.0.5-5000.${number}.log`;
      for (const part of ['half', '\n\n\n\n']) {
        log.write(part);
        await eventually(async () => expect(await read(name).catch(() => '')).toContain(part));
      }
    }
    const kept = [4, 5, 6, 7, 8].map((number) => `mooring-10.0.0.5-5000.${number}.log`);
    await eventually(async () => expect(await readdir(directory)).toEqual(kept));
    for (const name of kept) expect(await read(name)).toBe('half\n\n\n\n');
  });

  test('counts what a file contained before', async () => {
    await writeFile(join(directory, FIRST), 'full');
    const log = await open({ maxBytes: 4 });
    log.write('next\n');
    await log.close();
    expect(await read('mooring-10.0.0.5-5000.2.log')).toBe('next\n');
  });

  test('removes surplus files of other replicas at the start', async () => {
    for (let i = 0; i < 120; i++) await writeFile(join(directory, `mooring-gone-${i}.1.log`), '');
    await open();
    await eventually(async () => expect(await readdir(directory)).toHaveLength(100));
    expect(await readdir(directory)).toContain(FIRST);
  });

  test('creates its file again after someone removed it', async () => {
    const log = await open({ flushIntervalMs: 1 });
    await rm(join(directory, FIRST));
    log.write('one\n');
    await eventually(async () => expect(await read()).toBe('one\n'));
  });

  describe('whose file cannot be written', () => {
    const block = async () => {
      await rm(join(directory, FIRST));
      await mkdir(join(directory, FIRST));
    };
    const unblock = () => rmdir(join(directory, FIRST));

    test('reports it once, and again only after a successful write', async () => {
      const onFailure = vi.fn();
      const log = await open({ onFailure, flushIntervalMs: 1 });
      await block();
      // A second log with the same interval shows that the interval has passed.
      const other = await open({ address: '10.0.0.6:5000', flushIntervalMs: 1 });
      for (let i = 0; i < 5; i++) {
        log.write('lost\n');
        other.write(`${i}\n`);
        await eventually(async () => expect(await read('mooring-10.0.0.6-5000.1.log')).toContain(i));
      }
      await eventually(() => expect(onFailure).toHaveBeenCalled());
      expect(onFailure.mock.calls).toEqual([[expect.objectContaining({ code: 'EISDIR' })]]);

      await unblock();
      log.write('kept\n');
      await eventually(async () => expect(await read()).toMatch(/^\n(lost\n)*kept\n$/));
      await block();
      log.write('lost\n');
      await eventually(() => expect(onFailure).toHaveBeenCalledTimes(2));
    });

    test('bounds the buffered lines', async () => {
      const onFailure = vi.fn();
      const log = await open({ onFailure });
      await block();
      const line = `${'x'.repeat(1023)}\n`;
      for (let i = 0; i < 256; i++) log.write(line);
      await eventually(() => expect(onFailure).toHaveBeenCalledTimes(1));
      for (let i = 0; i < 5000; i++) log.write(line);
      await unblock();
      await log.close();
      expect((await stat(join(directory, FIRST))).size).toBe(1 + 4096 * 1024);
      expect(onFailure).toHaveBeenCalledTimes(1);
    });

    test('closes nevertheless', async () => {
      const onFailure = vi.fn();
      const log = await open({ onFailure });
      await block();
      log.write('lost\n');
      await log.close();
      expect(onFailure).toHaveBeenCalledTimes(1);
    });
  });

  test('reports when lines arrive faster than they are written', async () => {
    const onFailure = vi.fn();
    const log = await open({ onFailure });
    const line = `${'x'.repeat(1024 * 1024 - 1)}\n`;
    for (let i = 0; i < 8; i++) log.write(line);
    expect(onFailure.mock.calls).toEqual([[expect.objectContaining({ message: expect.stringContaining('faster') })]]);
  });

  test('rejects a folder that is not writable', async () => {
    await writeFile(join(directory, 'file'), '');
    const folder = join(directory, 'file');
    await expect(openLogFile({ directory: folder, address: 'a:1', onFailure: vi.fn() })).rejects.toThrow(
      /EEXIST|ENOTDIR/,
    );
  });
});
