import { lookup } from 'node:dns/promises';
import { createNetworkMatcher, type IpNetwork, parseIpNetwork } from '../app/lib/ip-address.ts';

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8'];

/**
 * Whether an address may be a container's. Some name servers answer with an address of their own for names that they do
 * not know.
 */
export const isPrivateIpv4 = createNetworkMatcher(PRIVATE.map((text) => parseIpNetwork(text) as IpNetwork));

/** Returns all IPv4 addresses of a host name. Fails when it has none. */
export async function lookupIpv4s(name: string): Promise<string[]> {
  const found = await lookup(name, { all: true, family: 4 });
  return found.map(({ address }) => address);
}
