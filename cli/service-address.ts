import { parsedBy, type TextFormat } from '../app/lib/text-format.ts';

/** Where a service of the stack listens. */
export interface ServiceAddress {
  host: string;
  port: number;
}

/** A host name and a port: `mooring-dashboard:8081`. */
export function serviceAddress(): TextFormat<ServiceAddress> {
  return parsedBy('a host name and a port', (text) => {
    const [, host, digits] = /^([\w.-]+):([1-9]\d{0,4})$/.exec(text) ?? [];
    return host !== undefined && Number(digits) <= 65_535 ? { host, port: Number(digits) } : undefined;
  });
}
