import { lookup } from 'node:dns/promises';

/** Returns all IPv4 addresses of a host name. Fails when it has none. */
export async function lookupIpv4s(name: string): Promise<string[]> {
  const found = await lookup(name, { all: true, family: 4 });
  return found.map(({ address }) => address);
}
