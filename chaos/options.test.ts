import { expect, test } from 'vitest';
import { UsageError } from '../cli/run-main.ts';
import { parseOptions } from './options.ts';

const parse = (...args: string[]) => parseOptions(args, () => 42);

test('without flags there are two minutes of a random seed', () => {
  expect(parse()).toMatchObject({ seed: 42, durationMs: 120_000, clients: 24, stack: 'auto', kinds: undefined });
});

test('accepts every flag', () => {
  const flags = ['--seed', '7', '--minutes', '0.5', '--clients', '3', '--stack', 'local', '--front', 'both'];
  expect(parse(...flags, '--faults', 'scale,kill-replica', '--mutate', 'no-drain', '--report', 'x')).toMatchObject({
    seed: 7,
    durationMs: 30_000,
    clients: 3,
    stack: 'local',
    fronts: ['nginx', 'worker'],
    kinds: ['scale', 'kill-replica'],
    mutant: 'no-drain',
    report: 'x',
  });
});

test('the swarm stack names the program that has the machines', () => {
  expect(parse('--stack', 'swarm', '--machines', './machines')).toMatchObject({
    stack: 'swarm',
    machines: './machines',
  });
  expect(parse().machines).toBeUndefined();
});

test.each([
  ['--seed', '-1'],
  ['--seed', '4294967296'],
  ['--minutes', '0'],
  ['--clients', '0'],
  ['--stack', 'cloud'],
  ['--front', 'apache'],
  ['--faults', 'scale,flood'],
  ['--mutate', 'rose'],
])('rejects %s %s and names the flag', (flag, value) => {
  expect(() => parse(flag, value)).toThrow(UsageError);
  expect(() => parse(flag, value)).toThrow(flag);
});

test('rejects an unknown flag', () => {
  expect(() => parse('--sed', '1')).toThrow(UsageError);
});
