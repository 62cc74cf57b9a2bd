import type { Visit } from '../../app/visits/visit.ts';

/** A visit under this request id, its other fields given or made up. */
export function visit(requestId: string, fields: Partial<Visit> = {}): Visit {
  return { requestId, clientIp: '203.0.113.7', serverIp: '10.0.0.5', sid: 'a', ...fields };
}

/** A visit for each of these request ids. */
export function visits(...requestIds: string[]): Visit[] {
  return requestIds.map((requestId) => visit(requestId));
}
