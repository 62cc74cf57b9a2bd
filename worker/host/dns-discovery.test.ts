import { describe, expect, test } from 'vitest';
import { discoverReplicas } from './dns-discovery.ts';

function setUp() {
  const world = { found: ['10.0.0.3', '10.0.0.2'] as string[] | Error, alive: ['10.0.0.3'] };
  const tellPeers = discoverReplicas({
    host: 'replica',
    port: 5000,
    parameters: 'max_fails=0',
    async lookupAll(name) {
      expect(name).toBe('replica');
      if (world.found instanceof Error) throw world.found;
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

  test('fails as long as it has never found a replica', async () => {
    const { world, tellPeers } = setUp();
    world.found = [];
    await expect(tellPeers()).rejects.toThrow('no replica found: replica has no IPv4 address');
  });
});
