import { access } from 'node:fs/promises';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import { createFolder, startProgram } from './program.ts';

const LISTEN = `require('node:http').createServer((_, response) => response.end()).listen(process.argv[1], '127.0.0.1')`;

test('a program is started, and closing it removes its process and its folder', async () => {
  const port = await freePortRange(1);
  const folder = await createFolder();
  const args = ['-e', LISTEN, `${port}`];
  const program = await startProgram({ program: process.execPath, args, port, readyPath: '/', folder });
  onTestFinished(() => program.close());
  if (process.platform === 'linux') expect(program.pids()).toHaveLength(1);

  await program.close();

  expect(program.pids()).toEqual([]);
  await expect(access(folder)).rejects.toThrow('ENOENT');
  // The port is free again.
  await new Promise<void>((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
});

test('a program that exits at once fails with the end of its output, and its folder is removed, too', async () => {
  const port = await freePortRange(1);
  const folder = await createFolder();
  const args = ['-c', 'echo no such setting >&2; exit 3'];

  await expect(startProgram({ program: 'sh', args, port, folder })).rejects.toThrow('no such setting');

  await expect(access(folder)).rejects.toThrow('ENOENT');
});
