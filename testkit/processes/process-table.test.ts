import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { parseStat, processTree } from './process-table.ts';

test.each([
  ['41 (haproxy) S 40 39 7 0 -1 4194304 1', { pid: 41, name: 'haproxy', parent: 40, group: 39 }],
  ['41 (a (b) 1 2 3) R 40 39 7 0 -1', { pid: 41, name: 'a (b) 1 2 3', parent: 40, group: 39 }],
  ['', undefined],
])('of %j', (line, entry) => {
  expect(parseStat(line)).toEqual(entry);
});

test.runIf(process.platform === 'linux')('a tree has the processes that its processes have started', async () => {
  const shell = spawn('sh', ['-c', 'sh -c "echo; read _; true"; true'], { stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => void shell.kill('SIGKILL'));
  await once(shell.stdout, 'data');
  expect(processTree(shell.pid as number)).toEqual([shell.pid, expect.any(Number)]);
  shell.stdin.end();
  await once(shell, 'exit');
});
