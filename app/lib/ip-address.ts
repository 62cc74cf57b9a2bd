import {
  convertIPv4BinaryToString,
  convertIPv4MappedIPv6ToIPv4,
  convertIPv4ToBinary,
  convertIPv6BinaryToString,
  convertIPv6ToBinary,
  isIPv4MappedIPv6,
} from 'hono/utils/ipaddr';
import { remember } from './remember.ts';

/** An IP address as a number. An IPv4-mapped IPv6 address counts as IPv4: dual-stack sockets report IPv4 clients that way. */
export interface IpAddress {
  bits: 32 | 128;
  value: bigint;
}

/** Parses an address without port, brackets or zone; returns undefined when the text is not an address. */
export function parseIpAddress(text: string): IpAddress | undefined {
  // The library accepts a zone (`fe80::1%eth0`) of any length, but a zone means nothing on another machine.
  if (text.includes('%')) return undefined;
  try {
    if (!text.includes(':')) return { bits: 32, value: convertIPv4ToBinary(text) };
    const value = convertIPv6ToBinary(text);
    return isIPv4MappedIPv6(value) ? { bits: 32, value: convertIPv4MappedIPv6ToIPv4(value) } : { bits: 128, value };
  } catch {
    return undefined;
  }
}

/** Formats an address in its canonical form (RFC 5952). */
export function formatIpAddress({ bits, value }: IpAddress): string {
  return bits === 32 ? convertIPv4BinaryToString(value) : convertIPv6BinaryToString(value);
}

/** `"[2001:db8::7]:443"`, its quotes and port optional (RFC 7239 section 6). */
const BRACKETED = /^("?)\[([^\]]*:[^\]]*)\](?::(?:\d{1,5}|_[\w.-]+))?\1$/;

/** `203.0.113.7:443`, which some balancers write in `X-Forwarded-For`. */
const IPV4_WITH_PORT = /^([\d.]+):(?:\d{1,5}|_[\w.-]+)$/;

/**
 * Returns the address in an element of a forwarding header, in canonical form: with or without a port, IPv6 with or without
 * brackets. Returns undefined for anything else, such as `unknown` and `_hidden` of RFC 7239.
 *
 * @example
 * parseForwardedAddress('203.0.113.7:443'); // '203.0.113.7'
 */
export const parseForwardedAddress = remember((text) => {
  const trimmed = text.trim();
  const bare = BRACKETED.exec(trimmed)?.[2] ?? IPV4_WITH_PORT.exec(trimmed)?.[1] ?? trimmed;
  const address = parseIpAddress(bare);
  return address && formatIpAddress(address);
});

/** A network in CIDR notation, or a single address. */
export interface IpNetwork extends IpAddress {
  prefix: number;
}

/** Parses `10.0.0.0/8` or `10.0.0.1`; returns undefined for anything else. */
export function parseIpNetwork(text: string): IpNetwork | undefined {
  const [, host = '', prefixText] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseIpAddress(host);
  if (!address) return undefined;
  // The prefix of an IPv4-mapped network includes the 96 bits before the IPv4 address.
  const mappedBits = address.bits === 32 && host.includes(':') ? 96 : 0;
  const prefix = prefixText === undefined ? address.bits : Number(prefixText) - mappedBits;
  return prefix < 0 || prefix > address.bits ? undefined : { ...address, prefix };
}

/** Returns a function that tests whether an address is in one of the networks. Text that is no address is in none. */
export function createNetworkMatcher(networks: readonly IpNetwork[]): (ip: string) => boolean {
  return (ip) => {
    const address = parseIpAddress(ip);
    if (!address) return false;
    return networks.some(({ bits, value, prefix }) => {
      const hostBits = BigInt(bits - prefix);
      return address.bits === bits && address.value >> hostBits === value >> hostBits;
    });
  };
}

/**
 * Returns the part of an address that counts as one client in limits: all of an IPv4 address, and the /64 network of an IPv6
 * address, because an IPv6 client usually has a whole /64.
 */
export function clientKey(ip: string): string {
  const address = ip.includes(':') ? parseIpAddress(ip) : undefined;
  if (address?.bits !== 128) return ip;
  return `${convertIPv6BinaryToString((address.value >> 64n) << 64n)}/64`;
}
