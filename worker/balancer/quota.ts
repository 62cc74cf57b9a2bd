/** Which limit is reached: the client's own or the shared one. */
export type Shortage = 'client' | 'all';

/** An amount that all clients share, with a limit for each client. */
export interface Quota {
  /**
   * Takes the amount for a client. Takes nothing and returns the limit that is reached if the amount is not available.
   */
  take(client: string, amount: number): Shortage | undefined;
  give(client: string, amount: number): void;
}

export interface QuotaOptions {
  perClient: number;
  total: number;
}

export function createQuota({ perClient, total }: QuotaOptions): Quota {
  const taken = new Map<string, number>();
  let takenInAll = 0;
  return {
    take(client, amount) {
      const own = (taken.get(client) ?? 0) + amount;
      if (own > perClient) return 'client';
      if (takenInAll + amount > total) return 'all';
      taken.set(client, own);
      takenInAll += amount;
      return undefined;
    },
    give(client, amount) {
      const left = (taken.get(client) ?? 0) - amount;
      takenInAll -= amount;
      // Forget a client that holds nothing: the map would grow with every address ever seen.
      if (left > 0) taken.set(client, left);
      else taken.delete(client);
    },
  };
}

/**
 * Returns the key that identifies one client: the IPv4 address, or the /64 network of an IPv6 address, because an IPv6
 * host can choose any address in it.
 */
export function quotaKey(ip: string): string {
  if (!ip.includes(':')) return ip;
  const [head = '', tail] = ip.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0');
  return [...groups, ...zeros, ...rest]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
