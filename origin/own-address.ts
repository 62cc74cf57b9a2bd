import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface OwnAddressOptions {
  /** All addresses of a host name; fails when there is no such host. */
  lookupAll?: (name: string) => Promise<string[]>;
  /** This machine's addresses, the ones to prefer first. */
  machineAddresses?: () => string[];
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
  const { lookupAll = lookupAddresses, machineAddresses = ownAddresses } = options;
  if (wanted === undefined) return machineAddresses()[0];
  if (isIP(wanted) !== 0) return wanted;
  const named = await lookupAll(wanted).catch((): string[] => []);
  return machineAddresses().find((address) => named.includes(address));
}

async function lookupAddresses(name: string): Promise<string[]> {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
}

/**
 * IPv4 before IPv6, and both before loopback. A link-local IPv6 address is left out: it means nothing without the name of a link,
 * so no balancer dials it.
 */
function ownAddresses(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const usable = addresses.filter(({ address }) => !/^fe[89ab]/i.test(address));
  const order = ({ family, internal }: (typeof usable)[number]) => (internal ? 2 : 0) + (family === 'IPv4' ? 0 : 1);
  return usable.toSorted((a, b) => order(a) - order(b)).map(({ address }) => address);
}
