import { expect, test } from 'vitest';
import { findOwnAddress } from './own-address.ts';

const options = {
  machineIpv4s: () => ['172.20.0.3', '172.21.0.3', '127.0.0.1'],
  lookupAll: async (name: string) => {
    if (name === 'replica') return ['172.21.0.2', '172.21.0.3', '172.21.0.4'];
    if (name === 'nginx') return ['172.21.0.9'];
    throw new Error(`no such host: ${name}`);
  },
};

test.each([
  ['without a wish, the first that is not loopback', undefined, '172.20.0.3'],
  ['the address that is asked for', '10.0.0.5', '10.0.0.5'],
  ['an IPv6 one that is asked for', '::1', '::1'],
  ['of the addresses of a name that replicas share, its own', 'replica', '172.21.0.3'],
  ['none for the name of another machine', 'nginx', undefined],
  ['none for a name that nobody has', 'nobody', undefined],
])('a replica goes by %s', async (_what, wanted, address) => {
  expect(await findOwnAddress(wanted, options)).toBe(address);
});

test('localhost is a name of this machine', async () => {
  expect(await findOwnAddress('localhost')).toBe('127.0.0.1');
});
