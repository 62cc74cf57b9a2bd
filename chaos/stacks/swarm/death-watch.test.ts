import { expect, test } from 'vitest';
import type { Death } from '../../history.ts';
import { createDeathWatch } from './death-watch.ts';
import type { Container } from './engine.ts';

const running = (id: string, service = 'nginx'): Container => {
  return { id, service, isRunning: true, isHealthy: true, exitCode: undefined, address: undefined };
};
const ended = (id: string, exitCode: number, service = 'nginx'): Container => {
  return { ...running(id, service), isRunning: false, isHealthy: false, exitCode };
};

function watched() {
  const deaths: Death[] = [];
  return { deaths, ...createDeathWatch({ deaths, nowMs: () => 7 }) };
}

test('a container that ends with an error and unasked is a death, once', () => {
  const { deaths, look } = watched();
  look([running('a')], new Set());
  look([ended('a', 139)], new Set());
  look([ended('a', 139)], new Set());
  expect(deaths).toEqual([{ name: 'nginx', atMs: 7, how: 'exited with code 139' }]);
});

test.each<[string, (watch: ReturnType<typeof watched>) => void]>([
  ['that was to be killed', ({ expect: announce }) => announce('a')],
  ['on a lost machine', ({ expectAll }) => expectAll([running('a')])],
])('a container %s is no death', (_what, announce) => {
  const watch = watched();
  watch.look([running('a')], new Set());
  announce(watch);
  watch.look([ended('a', 137)], new Set());
  expect(watch.deaths).toEqual([]);
});

test('a replica that Swarm stops, a job and a clean end are no deaths', () => {
  const { deaths, look } = watched();
  look([running('a', 'origin'), running('b', 'migrate'), running('c')], new Set());
  look([ended('a', 137, 'origin'), ended('b', 1, 'migrate'), ended('c', 0)], new Set());
  expect(deaths).toEqual([]);
});
