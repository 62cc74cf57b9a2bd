import type { Visit } from '../../app/visits/visit.ts';

/** Returns a visit with this request id and made-up values for the fields not given. */
export function visit(requestId: string, fields: Partial<Visit> = {}): Visit {
  return { requestId, clientIp: '203.0.113.7', serverIp: '10.0.0.5', sid: 'a', ...fields };
}

export function visits(...requestIds: string[]): Visit[] {
  return requestIds.map((requestId) => visit(requestId));
}
