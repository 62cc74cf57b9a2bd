import { isUpgrade } from './proxy-headers.ts';
import { createQuota, type Quota, quotaKey } from './quota.ts';
import type { RequestHead } from './request-head.ts';

/** Each kind has limits of its own, so that one kind cannot keep another from being served. */
export type RequestKind = 'request' | 'upload' | 'stream';

export interface Limit {
  perClient: number;
  total: number;
}

export interface RequestLimitsOptions extends Record<RequestKind, Limit> {
  /** Bytes of request bodies in memory. */
  bodyBytes: Limit;
}

/** What one request holds until it ends. */
export interface Admission {
  /**
   * Takes memory for the body of this request.
   *
   * @returns the status to respond with when no memory is left, else undefined
   */
  takeBytes(bytes: number): RefusalStatus | undefined;
  /** Gives back some of that memory. */
  giveBytes(bytes: number): void;
  /** Gives everything back. Further calls do nothing. */
  end(): void;
}

/**
 * 429 when the client has too much in flight, 503 when all clients together have (RFC 6585 section 4, RFC 9110 section
 * 15.6.4).
 */
export type RefusalStatus = 429 | 503;

export interface RequestLimits {
  admit(kind: RequestKind, clientIp: string): Admission | RefusalStatus;
}

const STATUS = { client: 429, all: 503 } as const;

/**
 * Counts what clients have in flight in this process; on Cloudflare in this isolate, because an isolate's memory is
 * shared.
 */
export function createRequestLimits({ bodyBytes, ...kinds }: RequestLimitsOptions): RequestLimits {
  const memory = createQuota(bodyBytes);
  const quotas: Record<RequestKind, Quota> = {
    request: createQuota(kinds.request),
    upload: createQuota(kinds.upload),
    stream: createQuota(kinds.stream),
  };

  return {
    admit(kind, clientIp) {
      const client = quotaKey(clientIp);
      const shortage = quotas[kind].take(client, 1);
      if (shortage) return STATUS[shortage];
      let bytesTaken = 0;
      let isOver = false;

      return {
        takeBytes(bytes) {
          const lacking = memory.take(client, bytes);
          if (lacking) return STATUS[lacking];
          bytesTaken += bytes;
          return undefined;
        },
        giveBytes(bytes) {
          if (isOver) return;
          memory.give(client, bytes);
          bytesTaken -= bytes;
        },
        end() {
          if (isOver) return;
          isOver = true;
          memory.give(client, bytesTaken);
          quotas[kind].give(client, 1);
        },
      };
    },
  };
}

/** Returns the request's kind, judged by its method and headers. */
export function kindOf(head: RequestHead): RequestKind {
  const { body, headers } = head;
  if (body !== null && headers.get('Content-Length') !== '0') return 'upload';
  return isUpgrade(head) || headers.get('Accept')?.toLowerCase().includes('text/event-stream') ? 'stream' : 'request';
}
