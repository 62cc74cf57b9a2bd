import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface OwnAddressOptions {
  /** All IPv4 addresses of a host name; fails when there is no such host. */
  lookupAll?: (name: string) => Promise<string[]>;
  /** This machine's IPv4 addresses, those that are not loopback first. */
  machineIpv4s?: () => string[];
}

/**
 * Finds the address a replica goes by. A machine on several networks has several; a host name that several machines share,
 * as the replicas of a Compose service do, picks the one on the network where that name is known.
 *
 * @param wanted an IP address, a host name, or undefined for the first that is not loopback
 * @returns undefined when the host name is not one of this machine's
 */
export async function findOwnAddress(
  wanted: string | undefined,
  options: OwnAddressOptions = {},
): Promise<string | undefined> {
  const { lookupAll = lookupIpv4s, machineIpv4s = ownIpv4s } = options;
  if (wanted === undefined) return machineIpv4s()[0];
  if (isIP(wanted) !== 0) return wanted;
  const named = await lookupAll(wanted).catch((): string[] => []);
  return machineIpv4s().find((address) => named.includes(address));
}

async function lookupIpv4s(name: string): Promise<string[]> {
  const found = await lookup(name, { all: true, family: 4 });
  return found.map(({ address }) => address);
}

function ownIpv4s(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const ipv4s = addresses.filter(({ family }) => family === 'IPv4');
  const outward = ipv4s.filter(({ internal }) => !internal);
  return [...outward, ...ipv4s.filter(({ internal }) => internal)].map(({ address }) => address);
}
