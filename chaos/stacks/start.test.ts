import { expect, test } from 'vitest';
import { StackError, type StartOptions, startStack } from './start.ts';

test.each<[string, Partial<StartOptions>]>([
  ['--machines', { stack: 'swarm' }],
  ['--database', { stack: 'swarm', machines: './machines', databaseUrl: 'mysql://db' }],
  ['--front', { stack: 'swarm', machines: './machines', fronts: ['worker'] }],
  ['--machines', { stack: 'local', machines: './machines' }],
  ['--database', { stack: 'compose', databaseUrl: 'mysql://db' }],
  ['--front', { stack: 'local', fronts: ['nginx'] }],
])('a stack that does not have what was asked for names the flag %s', async (flag, options) => {
  const given = { fronts: undefined, machines: undefined, databaseUrl: undefined, ...options } as StartOptions;
  await expect(startStack(given)).rejects.toThrow(StackError);
  await expect(startStack(given)).rejects.toThrow(flag);
});
