import { expect, test } from 'vitest';
import { findOwnAddress } from './own-address.ts';

const options = {
  machineAddresses: () => ['172.20.0.3', '172.21.0.3', '127.0.0.1'],
  lookupAll: async (name: string) => {
    if (name === 'replica') return ['172.21.0.2', '172.21.0.3', '172.21.0.4'];
    if (name === 'nginx') return ['172.21.0.9'];
    throw new Error(`no such host: ${name}`);
  },
};

test.each([
  ['without a setting, the first that is not loopback', undefined, '172.20.0.3'],
  ['the configured address', '10.0.0.5', '10.0.0.5'],
  ['a configured IPv6 address', '::1', '::1'],
  ['of the addresses of a name that replicas share, its own', 'replica', '172.21.0.3'],
  ['none for the name of another machine', 'nginx', undefined],
  ['its own in a network', '172.21.0.0/24', '172.21.0.3'],
  ['none for a network of other machines', '172.22.0.0/24', undefined],
  ['none for an unknown name', 'nobody', undefined],
])('a replica uses %s', async (_what, wanted, address) => {
  expect(await findOwnAddress(wanted, options)).toBe(address);
});

test('localhost is a name of this machine', async () => {
  expect(await findOwnAddress('localhost')).toBe('127.0.0.1');
});

test('on a host with only IPv6 a replica uses its IPv6 address, also for a name that replicas share', async () => {
  const ipv6Only = {
    machineAddresses: () => ['2001:db8::3', '::1'],
    lookupAll: async () => ['2001:db8::2', '2001:db8::3'],
  };
  expect(await findOwnAddress(undefined, ipv6Only)).toBe('2001:db8::3');
  expect(await findOwnAddress('replica', ipv6Only)).toBe('2001:db8::3');
});
