import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createMachines } from './machines.ts';

test('runs the program with one command for each thing that happens to a machine', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-machines-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const program = join(folder, 'machines');
  await writeFile(program, `#!/bin/sh\necho "$@" >>${folder}/log\n[ "$1" != host ] || echo unix:///machine$2.sock\n`);
  await chmod(program, 0o755);
  const machines = createMachines(program);
  await machines.up(3);
  await machines.load(['a', 'b']);
  expect(await machines.host(2)).toBe('unix:///machine2.sock');
  await machines.kill(1);
  await machines.start(1);
  await machines.cut(3);
  await machines.heal(3);
  await machines.down();
  const lines = (await readFile(join(folder, 'log'), 'utf8')).trim().split('\n');
  expect(lines).toEqual(['up 3', 'load a b', 'host 2', 'kill 1', 'start 1', 'cut 3', 'heal 3', 'down']);
});
