import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { discoverReplicas } from './dns-discovery.ts';

function setUp() {
  const world = { found: ['10.0.0.3', '10.0.0.2'] as string[] | Error | 'nothing', alive: ['10.0.0.3'] };
  const tellPeers = discoverReplicas({
    host: 'replica',
    port: 5000,
    parameters: 'max_fails=0',
    async lookupAll(name) {
      expect(name).toBe('replica');
      if (world.found instanceof Error) throw world.found;
      if (world.found === 'nothing') return new Promise(() => {});
      return world.found;
    },
    accepts: async (address, port) => port === 5000 && world.alive.includes(address),
  });
  return { world, tellPeers };
}

const BOTH = 'http://10.0.0.2:5000 max_fails=0\nhttp://10.0.0.3:5000 max_fails=0';

describe('discoverReplicas', () => {
  test('returns a line for each address of the name, in the same order each time', async () => {
    const { world, tellPeers } = setUp();
    expect(await tellPeers()).toBe(BOTH);
    world.found = ['10.0.0.2', '10.0.0.3'];
    expect(await tellPeers()).toBe(BOTH);
  });

  test('follows the name, even if a removed replica would still answer', async () => {
    const { world, tellPeers } = setUp();
    await tellPeers();
    world.found = ['10.0.0.2', '10.0.0.4'];
    expect(await tellPeers()).toBe('http://10.0.0.2:5000 max_fails=0\nhttp://10.0.0.4:5000 max_fails=0');
  });

  test.each([[[]], [new Error('no such name')]])(
    'while the name says %s, replicas that accept no connection are down',
    async (found) => {
      const { world, tellPeers } = setUp();
      await tellPeers();
      world.found = found;
      expect(await tellPeers()).toBe('http://10.0.0.2:5000 max_fails=0 down\nhttp://10.0.0.3:5000 max_fails=0');
      world.alive = ['10.0.0.2', '10.0.0.3'];
      expect(await tellPeers()).toBe(BOTH);
    },
  );

  test.each<[string, string[] | Error | 'nothing', string]>([
    ['finds no address', [], 'replica has no IPv4 address'],
    ['fails', new Error('getaddrinfo EAI_AGAIN replica'), 'looking up replica failed (getaddrinfo EAI_AGAIN replica)'],
    ['does not end', 'nothing', 'looking up replica took longer than 1000 ms'],
  ])('fails with the reason as long as it has never found a replica: the lookup %s', async (_how, found, reason) => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { world, tellPeers } = setUp();
    world.found = found;
    const failed = expect(tellPeers()).rejects.toThrow(new Error(`no replica found: ${reason}`));
    await vi.advanceTimersByTimeAsync(1000);
    await failed;
  });
});
