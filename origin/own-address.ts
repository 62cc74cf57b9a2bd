import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface OwnAddressOptions {
  /** Returns all addresses of a host name; rejects when the name does not resolve. */
  lookupAll?: (name: string) => Promise<string[]>;
  /** Returns this machine's addresses, in order of preference. */
  machineAddresses?: () => string[];
}

/**
 * Finds the address that a replica uses as its own. A machine on several networks has several. A host name that several
 * machines share, such as a Compose service with several replicas, selects the address on the network where that name
 * resolves. So does a network in CIDR notation, without a name server.
 *
 * @param wanted an IP address, a network, a host name, or undefined for the machine's first address that is not loopback
 * @returns undefined when this machine has no address in the network, or none that the host name resolves to
 */
export async function findOwnAddress(
  wanted: string | undefined,
  options: OwnAddressOptions = {},
): Promise<string | undefined> {
  const { lookupAll = lookupAddresses, machineAddresses = ownAddresses } = options;
  if (wanted === undefined) return machineAddresses()[0];
  if (isIP(wanted) !== 0) return wanted;
  const contains = networkOf(wanted);
  if (contains) return machineAddresses().find(contains);
  const named = await lookupAll(wanted).catch((): string[] => []);
  return machineAddresses().find((address) => named.includes(address));
}

/** Returns whether an address is in the network that the text names; undefined when the text is no network. */
export function networkOf(text: string): ((address: string) => boolean) | undefined {
  const [, base = '', bits] = /^([\d.]+|[\da-f:.]+)\/(\d{1,3})$/i.exec(text) ?? [];
  const version = isIP(base);
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128)) return undefined;
  const network = new BlockList();
  network.addSubnet(base, Number(bits), version === 4 ? 'ipv4' : 'ipv6');
  return (address) => network.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

async function lookupAddresses(name: string): Promise<string[]> {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
}

/**
 * Returns IPv4 before IPv6, and both before loopback. Link-local IPv6 addresses are left out: without a zone they mean
 * nothing, so no balancer can connect to them.
 */
function ownAddresses(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const usable = addresses.filter(({ address }) => !/^fe[89ab]/i.test(address));
  const order = ({ family, internal }: (typeof usable)[number]) => (internal ? 2 : 0) + (family === 'IPv4' ? 0 : 1);
  return usable.toSorted((a, b) => order(a) - order(b)).map(({ address }) => address);
}
