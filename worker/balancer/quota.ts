/** Whose part of a quota is used up: the client's own, or what all clients have together. */
export type Shortage = 'client' | 'all';

/** An amount that all clients share, and of which one client may have no more than a part. */
export interface Quota {
  /** Takes so much for a client, or nothing when that is not left. */
  take(client: string, amount: number): Shortage | undefined;
  give(client: string, amount: number): void;
}

export interface QuotaOptions {
  perClient: number;
  total: number;
}

/** Builds a quota nothing of which is taken yet. */
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
      // A client that has nothing is not remembered: there may be as many as there are addresses.
      if (left > 0) taken.set(client, left);
      else taken.delete(client);
    },
  };
}

/** What counts as one client: an IPv4 address, or the /64 network that an IPv6 host can choose its addresses in. */
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
