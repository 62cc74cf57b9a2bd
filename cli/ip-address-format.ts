import { isIP } from 'node:net';
import { type TextFormat, textWhere } from '../app/lib/text-format.ts';

export const isIpAddress = (text: string) => isIP(text) !== 0;

/** The form of an IPv4 or IPv6 address. */
export function ipAddress(): TextFormat<string> {
  return textWhere('an IP address', isIpAddress);
}
