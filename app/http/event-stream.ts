import type { Context } from 'hono';

/** Lets a stream of server-sent events through proxies without delay, and calls `onOpen`. Leaves any other response as it is. */
export function openEventStream(c: Context, onOpen: (c: Context) => void): void {
  if (!isEventStream(c.res)) return;
  // Nginx would collect the events and send them in chunks.
  c.res.headers.set('X-Accel-Buffering', 'no');
  onOpen(c);
}

/** Whether a response is a stream of server-sent events (WHATWG HTML section 9.2). Such a stream may have no end of its own. */
function isEventStream({ headers }: Response): boolean {
  return headers.get('Content-Type')?.startsWith('text/event-stream') ?? false;
}
